package dev.heddle.auth;

import dev.heddle.event.UserKey;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The result of the verification of a token. */
public sealed interface TokenVerdict {

    /**
     * The token is good.
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

    /** Why a token is not accepted: no more than the client and the metric need. */
    enum Reason {
        /** There was none, or more than one. */
        MISSING,
        /** Malformed, wrongly signed, another issuer's or audience's, not valid yet. */
        INVALID,
        /** Good once, but its time is over. */
        EXPIRED,
        /** Good but for a revocation of all that were issued to this user until then. */
        REVOKED,
        /** Rightly signed, but its user key is none that the log could hold. */
        USER_NOT_ALLOWED,
        /** Not looked at: too many tokens waited for their check, most of them from there. It may be good. */
        BUSY
    }
}
