package dev.heddle.auth;

import dev.heddle.event.UserKey;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The result of the verification of a token. */
public sealed interface TokenVerdict {

    /**
     * The token is valid.
     *
     * @param user whose events this connection may see
     * @param tenant whose user that is, or null where tenants are not configured, or for a service that is no tenant's
     * @param issuedAt when the issuer made it, or null if it does not say
     * @param expiresAt when the token ends, and the session with it
     * @param scopes the words of its scope claim
     */
    record Verified(
            UserKey user, @Nullable String tenant, @Nullable Instant issuedAt, Instant expiresAt, Set<String> scopes)
            implements TokenVerdict {
        public Verified {
            scopes = Set.copyOf(scopes);
        }

        /**
         * True if a service with this token may speak for this user: it has no tenant, or the user is of its tenant.
         */
        public boolean reaches(UserKey other) {
            return tenant == null || TenantKeys.isOf(tenant, other);
        }
    }

    /** The token is not accepted. */
    record Refused(Reason reason) implements TokenVerdict {}

    /** The reason for not accepting a token, with no more detail than the client and the metric need. */
    enum Reason {
        /** There was no token, or more than one. */
        MISSING,
        /** The token is malformed, wrongly signed, of another issuer or audience, or not valid yet. */
        INVALID,
        /** The token has expired. */
        EXPIRED,
        /** A revocation covers the otherwise valid token. */
        REVOKED,
        /** The token is correctly signed, but its user key is not allowed in the log. */
        USER_NOT_ALLOWED,
        /**
         * The token was not checked, because too many tokens waited, most of them from the same source. It may be
         * valid.
         */
        BUSY
    }
}
