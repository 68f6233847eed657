package dev.heddle.auth;

import dev.heddle.event.UserKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Up to when the tokens of a user are refused, for each user of whom there is such a thing. One thread writes (the reader of {@code agent-revocations}); any thread asks
 * or subscribes.
 */
public final class Revocations {

    private final Map<UserKey, Instant> until = new ConcurrentHashMap<>();
    private final List<Consumer<UserKey>> listeners = new CopyOnWriteArrayList<>();

    Revocations() {}

    /** Of nobody's tokens. */
    public static Revocations none() {
        return new Revocations();
    }

    /**
     * Whether this token of the user's is refused.
     *
     * @param issuedAt of the token, in whole seconds, as tokens have it; null if it does not say, and then any revocation covers it
     */
    public boolean covers(UserKey user, @Nullable Instant issuedAt) {
        Instant last = until.get(user);
        // In the second of the revocation itself nobody can tell before from after: all of it is refused.
        return last != null && (issuedAt == null || !issuedAt.isAfter(last.truncatedTo(ChronoUnit.SECONDS)));
    }

    /** From now on {@code listener} is told of each user whose tokens are revoked, after {@link #covers} says so; it must hand over and return. */
    public void subscribe(Consumer<UserKey> listener) {
        listeners.add(listener);
    }

    /** What was issued to this user until then is refused. Writer thread only. */
    void revoke(UserKey user, Instant issuedUntil) {
        until.put(user, issuedUntil);
        listeners.forEach(listener -> listener.accept(user));
    }

    /** There is no revocation for this user any more. Writer thread only. */
    void withdraw(UserKey user) {
        until.remove(user);
    }
}
