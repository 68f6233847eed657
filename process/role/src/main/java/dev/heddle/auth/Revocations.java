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
 * The revocations: for a user, the instant up to which issued tokens are refused. One thread writes (the reader of
 * {@code agent-revocations}); any thread may read or subscribe.
 */
public final class Revocations {

    private final Duration skew;
    private final Map<UserKey, Instant> until = new ConcurrentHashMap<>();
    private final List<Consumer<UserKey>> listeners = new CopyOnWriteArrayList<>();

    /** @param skew how far an issuer's clock may be ahead of Kafka's; a revocation covers so much more */
    Revocations(Duration skew) {
        this.skew = skew;
    }

    /** No revocations. */
    public static Revocations none() {
        return new Revocations(Duration.ZERO);
    }

    /**
     * True if this token of the user is revoked.
     *
     * @param issuedAt of the token, in whole seconds, as tokens have it; null if it does not say, and then any
     *     revocation covers it
     */
    public boolean covers(UserKey user, @Nullable Instant issuedAt) {
        Instant last = until.get(user);
        // An issuer whose clock is ahead dates a token later than it was made, by the skew at most. Tokens have whole
        // seconds: the last second is refused as a whole.
        return last != null
                && (issuedAt == null || !issuedAt.isAfter(last.plus(skew).truncatedTo(ChronoUnit.SECONDS)));
    }

    /**
     * Adds a listener to revocations, which gets the user after {@link #covers} sees the revocation. It must not block.
     */
    public void subscribe(Consumer<UserKey> listener) {
        listeners.add(listener);
    }

    /**
     * Revokes tokens that were issued to this user until {@code issuedUntil}; a later revocation stays in force. Writer
     * thread only.
     */
    void revoke(UserKey user, Instant issuedUntil) {
        until.merge(user, issuedUntil, (before, now) -> now.isAfter(before) ? now : before);
        listeners.forEach(listener -> listener.accept(user));
    }

    /** Removes the revocation of this user. Writer thread only. */
    void withdraw(UserKey user) {
        until.remove(user);
    }
}
