package dev.heddle.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/** A development key in a file, and tokens signed with it. */
public final class TestTokens {

    private final EllipticCurveJsonWebKey key;
    private final Path file;

    private TestTokens(EllipticCurveJsonWebKey key, Path file) {
        this.key = key;
        this.file = file;
    }

    /** Makes a key and writes its set, private part included, into the directory. */
    public static TestTokens in(Path directory) {
        return in(directory, "test");
    }

    /** The same with this key id. */
    public static TestTokens in(Path directory, String keyId) {
        try {
            EllipticCurveJsonWebKey key = EcJwkGenerator.generateJwk(EllipticCurves.P256);
            key.setKeyId(keyId);
            Path file = directory.resolve("keys.json");
            Files.writeString(file, new JsonWebKeySet(key).toJson(JsonWebKey.OutputControlLevel.INCLUDE_PRIVATE));
            return new TestTokens(key, file);
        } catch (JoseException | IOException e) {
            throw new AssertionError("no key", e);
        }
    }

    public Path file() {
        return file;
    }

    /** The key itself. */
    public EllipticCurveJsonWebKey key() {
        return key;
    }

    /** A good token of this user for an hour. */
    public String token(String user) {
        return token(claims -> claims.setSubject(user));
    }

    /** A good token but for what is changed. */
    public String token(Consumer<JwtClaims> change) {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
        signature.setKeyIdHeaderValue(key.getKeyId());
        signature.setKey(key.getPrivateKey());
        return sign(signature, claims(change));
    }

    /** Good claims but for what is changed. */
    public static JwtClaims claims(Consumer<JwtClaims> change) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer("heddle-dev");
        claims.setAudience("heddle");
        claims.setSubject("alice");
        claims.setExpirationTimeMinutesInTheFuture(60);
        change.accept(claims);
        return claims;
    }

    /** The claims under this signature. */
    public static String sign(JsonWebSignature signature, JwtClaims claims) {
        try {
            signature.setPayload(claims.toJson());
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new AssertionError("cannot sign", e);
        }
    }
}
