package dev.heddle.bench.process;

import dev.heddle.bench.BenchFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.lang.JoseException;

/**
 * A signing key of one run (RS256, which costs a server least to check), in a file that edges verify with, and tokens
 * of any user.
 */
public final class Tokens {
    private static final String ID = "bench";
    private static final int RSA_BITS = 2048;

    private final PublicJsonWebKey key;
    private final Path file;

    private Tokens(PublicJsonWebKey key, Path file) {
        this.key = key;
        this.file = file;
    }

    /** The key of a file that others made. */
    public static Tokens ofFile(Path file) {
        try {
            for (JsonWebKey each : new JsonWebKeySet(Files.readString(file)).getJsonWebKeys()) {
                if (each instanceof PublicJsonWebKey pair && pair.getPrivateKey() != null) {
                    return new Tokens(pair, file);
                }
            }
            throw new BenchFailedException(file + " holds no private key");
        } catch (JoseException e) {
            throw new BenchFailedException(file + " is not a JWK set", e);
        } catch (IOException e) {
            throw new BenchFailedException("cannot read " + file + ": " + e, e);
        }
    }

    /** A new key, in a file {@code keys.json} of this directory. */
    public static Tokens in(Path directory) {
        return in(directory, ID);
    }

    /** The same with another key id. */
    public static Tokens in(Path directory, String id) {
        try {
            PublicJsonWebKey key = RsaJwkGenerator.generateJwk(RSA_BITS);
            key.setKeyId(id);
            Path file = directory.resolve("keys.json");
            Files.writeString(file, new JsonWebKeySet(key).toJson(JsonWebKey.OutputControlLevel.INCLUDE_PRIVATE));
            return new Tokens(key, file);
        } catch (JoseException e) {
            throw new IllegalStateException("no key", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The JWK set. */
    public Path file() {
        return file;
    }

    /** The key itself. */
    public PublicJsonWebKey key() {
        return key;
    }

    /** A token of this user for an hour. */
    public String of(String user) {
        return endingIn(user, 3600);
    }

    /** A token of this user for so many seconds. */
    public String endingIn(String user, int seconds) {
        return with(claims -> {
            claims.setSubject(user);
            claims.setExpirationTimeMinutesInTheFuture(seconds / 60f);
        });
    }

    /** A token for an hour with these claims besides. */
    public String with(Consumer<JwtClaims> change) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer("heddle-dev");
        claims.setAudience("heddle");
        claims.setExpirationTimeMinutesInTheFuture(60);
        change.accept(claims);
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(
                key instanceof EllipticCurveJsonWebKey
                        ? AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256
                        : AlgorithmIdentifiers.RSA_USING_SHA256);
        signature.setKeyIdHeaderValue(key.getKeyId());
        signature.setKey(key.getPrivateKey());
        signature.setPayload(claims.toJson());
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException("cannot sign", e);
        }
    }
}
