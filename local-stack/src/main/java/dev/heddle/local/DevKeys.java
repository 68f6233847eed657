package dev.heddle.local;

import dev.heddle.process.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * A private key for development (RS256, RFC 7518) in a JWK set file, and the tokens that it signs. RSA, as most
 * identity providers use it: its signatures are by far the cheapest to check. A file with a P-256 key is taken as well
 * (ES256).
 *
 * <p>The same file serves an edge to verify with; it reads the public part only. Thread-safe.
 */
final class DevKeys {
    /** The issuer and audience that an edge expects unless it is configured otherwise. */
    static final String ISSUER = "heddle-dev";

    static final String AUDIENCE = "heddle";

    private static final int RSA_BITS = 2048;

    private final PublicJsonWebKey key;

    private DevKeys(PublicJsonWebKey key) {
        this.key = key;
    }

    /** Writes a new key to a new file that only its owner can read; a file that is there already stays as it is. */
    static DevKeys create(Path file) {
        try {
            RsaJsonWebKey fresh = RsaJwkGenerator.generateJwk(RSA_BITS);
            fresh.setKeyId(fresh.calculateBase64urlEncodedThumbprint("SHA-256"));
            fresh.setUse("sig");
            fresh.setAlgorithm(AlgorithmIdentifiers.RSA_USING_SHA256);
            String json = new JsonWebKeySet(fresh).toJson(JsonWebKey.OutputControlLevel.INCLUDE_PRIVATE);
            Path parent = file.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            PrivateFile.create(file, (json + "\n").getBytes(StandardCharsets.UTF_8));
            return new DevKeys(fresh);
        } catch (FileAlreadyExistsException e) {
            throw new CommandFailedException(file + " exists already, and is left as it is", e);
        } catch (IOException e) {
            throw new CommandFailedException("cannot write " + file + ": " + reason(e), e);
        } catch (JoseException e) {
            throw new IllegalStateException("this JVM cannot make an RSA key", e);
        }
    }

    /** Reads a key file; the message of a failure never tells what is in it. */
    static DevKeys read(Path file) {
        try {
            List<JsonWebKey> keys = new JsonWebKeySet(Files.readString(file, StandardCharsets.UTF_8)).getJsonWebKeys();
            for (JsonWebKey each : keys) {
                if (each instanceof PublicJsonWebKey pair && pair.getPrivateKey() != null && algorithm(pair) != null) {
                    return new DevKeys(pair);
                }
            }
            throw new CommandFailedException(file + " holds no private RSA or EC key: make one with heddle keygen");
        } catch (NoSuchFileException e) {
            throw new CommandFailedException("no key file " + file + ": make one with heddle keygen --out FILE", e);
        } catch (IOException e) {
            throw new CommandFailedException("cannot read " + file + ": " + reason(e), e);
        } catch (JoseException e) {
            throw new CommandFailedException(file + " is not a JWK set", e);
        }
    }

    private static @Nullable String algorithm(PublicJsonWebKey key) {
        if (key instanceof RsaJsonWebKey) {
            return AlgorithmIdentifiers.RSA_USING_SHA256;
        }
        return key instanceof EllipticCurveJsonWebKey ? AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256 : null;
    }

    /** Reads the file, or makes it if it is not there. */
    static DevKeys keep(Path file) {
        return Files.exists(file) ? read(file) : create(file);
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /**
     * A signed token.
     *
     * @param user what {@code sub} says; the caller has checked that it is a user key
     * @param ttl how long it is valid from now
     * @param scope the {@code scope} claim, or null for none
     */
    String token(String user, Duration ttl, @Nullable String scope) {
        return signed(user, ttl, new Claims(ISSUER, AUDIENCE, scope));
    }

    /**
     * What else a token says.
     *
     * @param scope the {@code scope} claim, or null for none
     */
    record Claims(String issuer, String audience, @Nullable String scope) {}

    /** The same for edges that expect another issuer or audience. */
    String signed(String user, Duration ttl, Claims others) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(others.issuer());
        claims.setAudience(others.audience());
        claims.setSubject(user);
        claims.setIssuedAtToNow();
        NumericDate end = NumericDate.now();
        end.addSeconds(ttl.toSeconds());
        claims.setExpirationTime(end);
        claims.setGeneratedJwtId();
        if (others.scope() != null) {
            claims.setStringClaim("scope", others.scope());
        }
        JsonWebSignature signed = new JsonWebSignature();
        signed.setPayload(claims.toJson());
        signed.setKey(key.getPrivateKey());
        signed.setKeyIdHeaderValue(key.getKeyId());
        signed.setHeader("typ", "JWT");
        signed.setAlgorithmHeaderValue(algorithm(key));
        try {
            return signed.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException("the key did not sign", e);
        }
    }
}
