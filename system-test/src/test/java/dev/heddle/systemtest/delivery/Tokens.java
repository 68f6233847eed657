package dev.heddle.systemtest.delivery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/** A signing key that the test made, in a file that edges verify with, and tokens of any user. */
final class Tokens {
    private static final String ID = "test";

    private final EllipticCurveJsonWebKey key;
    private final Path file;

    private Tokens(EllipticCurveJsonWebKey key, Path file) {
        this.key = key;
        this.file = file;
    }

    static Tokens in(Path directory) {
        try {
            EllipticCurveJsonWebKey key = EcJwkGenerator.generateJwk(EllipticCurves.P256);
            key.setKeyId(ID);
            Path file = directory.resolve("keys.json");
            Files.writeString(file, new JsonWebKeySet(key).toJson(JsonWebKey.OutputControlLevel.INCLUDE_PRIVATE));
            return new Tokens(key, file);
        } catch (JoseException e) {
            throw new AssertionError("no key", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The JWK set. */
    Path file() {
        return file;
    }

    /** A token of this user for an hour. */
    String of(String user) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer("heddle-dev");
        claims.setAudience("heddle");
        claims.setSubject(user);
        claims.setExpirationTimeMinutesInTheFuture(60);
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
        signature.setKeyIdHeaderValue(ID);
        signature.setKey(key.getPrivateKey());
        signature.setPayload(claims.toJson());
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new AssertionError("cannot sign", e);
        }
    }
}
