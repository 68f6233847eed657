package dev.heddle.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.Key;
import java.util.Arrays;
import java.util.List;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;

/**
 * The check of a token's signature and standard claims, by jose4j. The secret is used for HS256 only, and HS256 uses
 * the secret only, so a public key can never be taken for a secret. Any thread.
 */
final class SignatureCheck {

    /** The shortest secret, as long as the hash (RFC 7518, section 3.2). */
    private static final int MIN_SECRET_BYTES = 32;

    private final AuthConfig config;
    private final @Nullable Key secret;
    private volatile Made made;

    /** The JWT consumer for one set of keys, made once. */
    private record Made(@Nullable VerificationKeys keys, JwtConsumer consumer) {}

    /** @throws UnusableKeysException if the secret's file cannot be used */
    SignatureCheck(AuthConfig config) {
        this.config = config;
        this.secret = config.secret() == null ? null : secret(config.secret());
        this.made = make(null);
    }

    /**
     * The claims of the token, if its signature and standard claims are valid.
     *
     * @param keys that are known now, or null if there are none
     * @throws InvalidJwtException if it is not
     */
    JwtContext check(String token, @Nullable VerificationKeys keys) throws InvalidJwtException {
        Made now = made;
        if (now.keys() != keys) {
            now = make(keys);
            made = now;
        }
        return now.consumer().process(token);
    }

    /** True if a token failed only because no key has its id. */
    static boolean isOfUnknownKey(InvalidJwtException e) {
        return e.getCause() instanceof UnresolvableKeyException;
    }

    private Made make(@Nullable VerificationKeys keys) {
        JwtConsumer consumer = new JwtConsumerBuilder()
                .setVerificationKeyResolver((signed, nesting) -> key(signed, nesting, keys))
                .setJwsAlgorithmConstraints(new AlgorithmConstraints(
                        ConstraintType.PERMIT, config.algorithms().toArray(String[]::new)))
                .setJweAlgorithmConstraints(new AlgorithmConstraints(ConstraintType.PERMIT))
                .setExpectedIssuer(config.issuer())
                .setExpectedAudience(config.audience())
                .setRequireExpirationTime()
                .setAllowedClockSkewInSeconds((int) config.skew().toSeconds())
                .build();
        return new Made(keys, consumer);
    }

    private Key key(JsonWebSignature signed, List<JsonWebStructure> nesting, @Nullable VerificationKeys keys)
            throws UnresolvableKeyException {
        Key shared = secret;
        if (AuthConfig.HS256.equals(signed.getAlgorithmHeaderValue())) {
            if (shared == null) {
                throw new UnresolvableKeyException("no secret");
            }
            return shared;
        }
        if (keys == null) {
            throw new UnresolvableKeyException("no keys");
        }
        return keys.resolver().resolveKey(signed, nesting);
    }

    private static Key secret(String file) {
        try {
            byte[] bytes = Files.readAllBytes(Path.of(file));
            int end = bytes.length;
            while (end > 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) {
                end--;
            }
            if (end < MIN_SECRET_BYTES) {
                throw new UnusableKeysException(
                        "the secret in " + file + " is shorter than " + MIN_SECRET_BYTES + " bytes");
            }
            return new HmacKey(Arrays.copyOf(bytes, end));
        } catch (IOException | InvalidPathException e) {
            throw new UnusableKeysException("the secret file " + file + " cannot be read");
        }
    }
}
