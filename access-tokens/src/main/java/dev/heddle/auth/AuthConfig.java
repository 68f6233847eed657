package dev.heddle.auth;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How tokens are verified.
 *
 * @param keys the JWK set file (public keys; a private one serves as well), or null: a role without one does not start
 * @param algorithms the signature algorithms that are accepted; {@code none} and the symmetric ones cannot be
 * @param issuer the only issuer accepted
 * @param audience must be among the token's audiences
 * @param userClaim the claim that holds the user key
 * @param skew how far the issuer's clock may be ahead of ours; a token's end is taken literally all the same
 */
public record AuthConfig(
        @Nullable String keys,
        List<String> algorithms,
        String issuer,
        String audience,
        String userClaim,
        Duration skew) {

    private static final Set<String> SUPPORTED = Set.of("RS256", "ES256", "EdDSA");

    /** The largest skew: more would make an expiry a mere suggestion. */
    private static final Duration MAX_SKEW = Duration.ofMinutes(10);

    public AuthConfig {
        algorithms = List.copyOf(algorithms);
        if (algorithms.isEmpty() || !SUPPORTED.containsAll(algorithms)) {
            throw new IllegalArgumentException("auth.algorithms must be among "
                    + SUPPORTED.stream().sorted().toList());
        }
        if (issuer.isBlank() || audience.isBlank() || userClaim.isBlank()) {
            throw new IllegalArgumentException("auth.issuer, auth.audience and auth.userClaim must not be empty");
        }
        if (skew.isNegative() || skew.compareTo(MAX_SKEW) > 0) {
            throw new IllegalArgumentException("auth.skew must be between 0s and " + MAX_SKEW.toMinutes() + "m");
        }
    }

    /** What holds unless configured; the key file has no default. */
    public static AuthConfig defaults() {
        return new AuthConfig(
                null, List.of("RS256", "ES256", "EdDSA"), "heddle-dev", "heddle", "sub", Duration.ofSeconds(30));
    }

    /** The same with another key file. */
    public AuthConfig withKeys(String file) {
        return new AuthConfig(file, algorithms, issuer, audience, userClaim, skew);
    }
}
