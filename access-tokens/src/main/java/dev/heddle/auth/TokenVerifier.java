package dev.heddle.auth;

import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jspecify.annotations.Nullable;

/**
 * The judge of tokens (RFC 7519, RFC 8725): signature by a configured key and an allowed algorithm, issuer, audience, expiry (required),
 * not-before, and a user key that the log can hold.
 *
 * <p>The skew is granted to not-before only: a token's end is taken at its word, as a session ends then too.
 *
 * <p>Encrypted tokens are refused. Key addresses inside a token ({@code jku}, {@code x5u}, {@code jwk}) are never looked at. Safe for
 * any thread; one verification takes well under a millisecond and blocks on nothing.
 */
public final class TokenVerifier {

    /** Longest token looked at, in characters: the cap comes before the parser. */
    private static final int MAX_TOKEN_LENGTH = 8192;

    /** The end of the year 9999 in seconds: what lies later is as good as never, and would overflow milliseconds. */
    private static final long LATEST_END = 253_402_300_799L;

    private final JwtConsumer consumer;
    private final String userClaim;
    private final Clock clock;

    public TokenVerifier(AuthConfig config, VerificationKeys keys, Clock clock) {
        this.clock = clock;
        JwksVerificationKeyResolver resolver = new JwksVerificationKeyResolver(keys.keys());
        resolver.setDisambiguateWithVerifySignature(true);
        this.userClaim = config.userClaim();
        this.consumer = new JwtConsumerBuilder()
                .setVerificationKeyResolver(resolver)
                .setJwsAlgorithmConstraints(new AlgorithmConstraints(
                        ConstraintType.PERMIT, config.algorithms().toArray(String[]::new)))
                .setJweAlgorithmConstraints(new AlgorithmConstraints(ConstraintType.PERMIT))
                .setExpectedIssuer(config.issuer())
                .setExpectedAudience(config.audience())
                .setRequireExpirationTime()
                .setAllowedClockSkewInSeconds((int) config.skew().toSeconds())
                .build();
    }

    /** Judges one token. Never throws for what a client sent. */
    public TokenVerdict verify(String token) {
        if (token.isEmpty()) {
            return refused(TokenVerdict.Reason.MISSING);
        }
        if (token.length() > MAX_TOKEN_LENGTH) {
            return refused(TokenVerdict.Reason.INVALID);
        }
        JwtClaims claims;
        Instant expiresAt;
        try {
            claims = consumer.processToClaims(token);
            expiresAt = end(claims.getExpirationTime());
        } catch (InvalidJwtException e) {
            return refused(e.hasExpired() ? TokenVerdict.Reason.EXPIRED : TokenVerdict.Reason.INVALID);
        } catch (MalformedClaimException | RuntimeException e) {
            // jose4j lets unchecked exceptions of parsers and key providers through; to a client they all mean the
            // same.
            return refused(TokenVerdict.Reason.INVALID);
        }
        if (!expiresAt.isAfter(clock.instant())) {
            return refused(TokenVerdict.Reason.EXPIRED);
        }
        if (!(claims.getClaimValue(userClaim) instanceof String user)) {
            return refused(TokenVerdict.Reason.INVALID);
        }
        try {
            return new TokenVerdict.Verified(UserKey.of(user), expiresAt, scopes(claims.getClaimValue("scope")));
        } catch (InvalidEventException e) {
            return refused(TokenVerdict.Reason.USER_NOT_ALLOWED);
        }
    }

    private static Instant end(NumericDate expiration) {
        return Instant.ofEpochSecond(Math.max(0, Math.min(expiration.getValue(), LATEST_END)));
    }

    private static Set<String> scopes(@Nullable Object scope) {
        return scope instanceof String words ? new HashSet<>(Arrays.asList(words.split(" ", -1))) : Set.of();
    }

    private static TokenVerdict refused(TokenVerdict.Reason reason) {
        return new TokenVerdict.Refused(reason);
    }
}
