package dev.heddle.auth;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of token verification.
 *
 * @param keys the JWK set file (public keys; a private one serves as well), read again every {@code auth.keysRefresh};
 *     one without a usable key counts, and then no token is accepted; a role with neither this nor {@code auth.keysUrl}
 *     nor {@code auth.secret} does not start
 * @param keysUrl the one address of a JWK set, instead of a file: https, or http on loopback; no address inside a token
 *     is ever followed
 * @param keysRefresh the interval at which the keys are read again; if that fails, the last good ones stay for
 *     {@code auth.keysMaxAge}
 * @param keysCoolDown the least time between two looks that tokens with unknown keys bring about; such a token waits
 *     for the next look, as long as its caller may wait
 * @param keysMaxAge the time for which the last good keys hold while none can be read; after that no token is accepted
 *     and the role is not ready until keys can be read again
 * @param secret the file with the secret for HS256, at least 32 bytes; only together with HS256 in
 *     {@code auth.algorithms}
 * @param algorithms the accepted signature algorithms, among RS256, ES256, EdDSA, and HS256 with {@code auth.secret};
 *     {@code none} is not allowed
 * @param issuer the only accepted issuer
 * @param audience the audience that a token must have among its own
 * @param userClaim the claim that holds the user key
 * @param tenantClaim the claim that holds the tenant, or null for none: then tenant and user together are the user key,
 *     and a user's token without it is refused
 * @param skew the most by which the issuer's clock may be ahead; a revocation also covers tokens that are dated that
 *     much later. A token's expiry gets no such allowance
 */
public record AuthConfig(
        @Nullable String keys,
        @Nullable String keysUrl,
        Duration keysRefresh,
        Duration keysCoolDown,
        Duration keysMaxAge,
        @Nullable String secret,
        List<String> algorithms,
        String issuer,
        String audience,
        String userClaim,
        @Nullable String tenantClaim,
        Duration skew) {

    static final String HS256 = "HS256";

    static final Set<String> SUPPORTED = Set.of("RS256", "ES256", "EdDSA", HS256);
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /** The largest skew: more would make an expiry a mere suggestion. */
    private static final Duration MAX_SKEW = Duration.ofMinutes(10);

    public AuthConfig {
        algorithms = List.copyOf(algorithms);
        if (algorithms.isEmpty() || !SUPPORTED.containsAll(algorithms)) {
            throw new IllegalArgumentException("auth.algorithms must be among "
                    + SUPPORTED.stream().sorted().toList());
        }
        if (algorithms.contains(HS256) != (secret != null)) {
            throw new IllegalArgumentException("auth.secret and HS256 in auth.algorithms go together");
        }
        if (keys != null && keysUrl != null) {
            throw new IllegalArgumentException("auth.keys and auth.keysUrl exclude each other");
        }
        if (keysUrl != null && !isFetchable(keysUrl)) {
            throw new IllegalArgumentException("auth.keysUrl must be an https URL, or http on loopback");
        }
        if (issuer.isBlank() || audience.isBlank() || userClaim.isBlank()) {
            throw new IllegalArgumentException("auth.issuer, auth.audience and auth.userClaim must not be empty");
        }
        if (tenantClaim != null && (tenantClaim.isBlank() || tenantClaim.equals(userClaim))) {
            throw new IllegalArgumentException("auth.tenantClaim must be another claim than auth.userClaim, not empty");
        }
        if (keysRefresh.toMillis() < 100 || keysCoolDown.toMillis() < 100) {
            throw new IllegalArgumentException("auth.keysRefresh and auth.keysCoolDown must be at least 100ms");
        }
        if (keysMaxAge.toMillis() < 100) {
            throw new IllegalArgumentException("auth.keysMaxAge must be at least 100ms");
        }
        if (skew.isNegative() || skew.compareTo(MAX_SKEW) > 0) {
            throw new IllegalArgumentException("auth.skew must be between 0s and " + MAX_SKEW.toMinutes() + "m");
        }
    }

    private static boolean isFetchable(String url) {
        try {
            URI uri = URI.create(url);
            String host = uri.getHost();
            return host != null
                    && uri.getUserInfo() == null
                    && ("https".equalsIgnoreCase(uri.getScheme())
                            || ("http".equalsIgnoreCase(uri.getScheme()) && LOOPBACK.contains(host)));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The defaults; the key file has none. */
    public static AuthConfig defaults() {
        return new AuthConfig(
                null,
                null,
                Duration.ofMinutes(5),
                Duration.ofSeconds(5),
                Duration.ofHours(6),
                null,
                List.of("RS256", "ES256", "EdDSA"),
                "heddle-dev",
                "heddle",
                "sub",
                null,
                Duration.ofSeconds(30));
    }
}
