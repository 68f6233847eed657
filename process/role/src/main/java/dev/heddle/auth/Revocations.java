package dev.heddle.auth;

import dev.heddle.event.UserKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Up to when the tokens of a user are refused, for each user of whom there is such a thing. One thread writes (the
 * reader of {@code agent-revocations}); any thread asks or subscribes.
 */
public final class Revocations {

    private final Duration skew;
    private final Map<UserKey, Instant> until = new ConcurrentHashMap<>();
    private final List<Consumer<UserKey>> listeners = new CopyOnWriteArrayList<>();

    /** @param skew how far an issuer's clock may be ahead of Kafka's; a revocation covers so much more */
    Revocations(Duration skew) {
        this.skew = skew;
    }

    /** Of nobody's tokens. */
    public static Revocations none() {
        return new Revocations(Duration.ZERO);
    }

    /**
     * Whether this token of the user's is refused.
     *
     * @param issuedAt of the token, in whole seconds, as tokens have it; null if it does not say, and then any
     *     revocation covers it
     */
    public boolean covers(UserKey user, @Nullable Instant issuedAt) {
        Instant last = until.get(user);
        // An issuer whose clock is ahead dates a token later than it was made, by the skew at most. In the last second
        // of that
        // nobody can tell before from after: all of it is refused.
        return last != null
                && (issuedAt == null || !issuedAt.isAfter(last.plus(skew).truncatedTo(ChronoUnit.SECONDS)));
    }

    /**
     * From now on {@code listener} is told of each user whose tokens are revoked, after {@link #covers} says so; it
     * must hand over and return.
     */
    public void subscribe(Consumer<UserKey> listener) {
        listeners.add(listener);
    }

    /**
     * What was issued to this user until then is refused; an earlier revocation takes nothing back. Writer thread only.
     */
    void revoke(UserKey user, Instant issuedUntil) {
        until.merge(user, issuedUntil, (before, now) -> now.isAfter(before) ? now : before);
        listeners.forEach(listener -> listener.accept(user));
    }

    /** There is no revocation for this user any more. Writer thread only. */
    void withdraw(UserKey user) {
        until.remove(user);
    }
}
