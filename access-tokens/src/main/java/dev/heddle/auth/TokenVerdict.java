package dev.heddle.auth;

import dev.heddle.event.UserKey;
import java.time.Instant;
import java.util.Set;

/** What a token turned out to be worth. */
public sealed interface TokenVerdict {

    /**
     * The token is good.
     *
     * @param user whose events this connection may see
     * @param expiresAt when the token ends, and the session with it
     * @param scopes the words of its scope claim
     */
    record Verified(UserKey user, Instant expiresAt, Set<String> scopes) implements TokenVerdict {
        public Verified {
            scopes = Set.copyOf(scopes);
        }
    }

    /** The token is not accepted. */
    record Refused(Reason reason) implements TokenVerdict {}

    /** Why a token is not accepted: no more than the client and the metric need. */
    enum Reason {
        /** There was none, or more than one. */
        MISSING,
        /** Malformed, wrongly signed, another issuer's or audience's, not valid yet. */
        INVALID,
        /** Good once, but its time is over. */
        EXPIRED,
        /** Rightly signed, but its user key is none that the log could hold. */
        USER_NOT_ALLOWED
    }
}
