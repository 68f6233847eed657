package dev.heddle.bench.process;

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

/** A signing key of one run, in a file that edges verify with, and tokens of any user. */
public final class Tokens {
    private static final String ID = "bench";

    private final EllipticCurveJsonWebKey key;
    private final Path file;

    private Tokens(EllipticCurveJsonWebKey key, Path file) {
        this.key = key;
        this.file = file;
    }

    public static Tokens in(Path directory) {
        try {
            EllipticCurveJsonWebKey key = EcJwkGenerator.generateJwk(EllipticCurves.P256);
            key.setKeyId(ID);
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

    /** A token of this user for an hour. */
    public String of(String user) {
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
            throw new IllegalStateException("cannot sign", e);
        }
    }
}
