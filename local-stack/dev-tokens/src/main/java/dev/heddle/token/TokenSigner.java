package dev.heddle.token;

import dev.heddle.process.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jose4j.jwk.EcJwkGenerator;
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
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * A signer of tokens with a private key from a JWK set file, for development, tests and load. New keys are RSA (RS256,
 * RFC 7518), as most identity providers use it: its signatures are by far the cheapest to check. A file with a P-256
 * key is taken as well (ES256).
 *
 * <p>The same file serves edges and ingest to verify with; they read the public part only. Thread-safe.
 */
public final class TokenSigner {
    /** The issuer that a role expects by default. */
    public static final String ISSUER = "heddle-dev";

    /** The audience that a role expects by default. */
    public static final String AUDIENCE = "heddle";

    private static final String FILE = "keys.json";
    private static final String KEY_ID = "test";
    private static final int RSA_BITS = 2048;
    private static final int MINUTES = 60;

    private final PublicJsonWebKey key;
    private final Path file;

    private TokenSigner(PublicJsonWebKey key, Path file) {
        this.key = key;
        this.file = file;
    }

    /** Writes a new key to a new file that only its owner can read; fails if the file exists. */
    public static TokenSigner create(Path file) {
        try {
            RsaJsonWebKey fresh = RsaJwkGenerator.generateJwk(RSA_BITS);
            fresh.setKeyId(fresh.calculateBase64urlEncodedThumbprint("SHA-256"));
            fresh.setUse("sig");
            fresh.setAlgorithm(AlgorithmIdentifiers.RSA_USING_SHA256);
            Path parent = file.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            PrivateFile.create(file, (json(fresh) + "\n").getBytes(StandardCharsets.UTF_8));
            return new TokenSigner(fresh, file);
        } catch (FileAlreadyExistsException e) {
            throw new KeyFileException(file + " exists already, and is left as it is", e);
        } catch (IOException e) {
            throw new KeyFileException("cannot write " + file + ": " + reason(e), e);
        } catch (JoseException e) {
            throw new IllegalStateException("this JVM cannot make an RSA key", e);
        }
    }

    /** Reads a key file; the message of a failure never contains the file's content. */
    public static TokenSigner read(Path file) {
        try {
            for (JsonWebKey each : new JsonWebKeySet(Files.readString(file)).getJsonWebKeys()) {
                if (each instanceof PublicJsonWebKey pair && pair.getPrivateKey() != null && algorithm(pair) != null) {
                    return new TokenSigner(pair, file);
                }
            }
            throw new KeyFileException(file + " holds no private RSA or EC key: make one with heddle keygen");
        } catch (NoSuchFileException e) {
            throw new KeyFileException("no key file " + file + ": make one with heddle keygen --out FILE", e);
        } catch (IOException e) {
            throw new KeyFileException("cannot read " + file + ": " + reason(e), e);
        } catch (JoseException e) {
            throw new KeyFileException(file + " is not a JWK set", e);
        }
    }

    /** Reads the file, or creates it with a new key if it is missing. */
    public static TokenSigner readOrCreate(Path file) {
        return Files.exists(file) ? read(file) : create(file);
    }

    /** Writes a new RSA key to the file {@code keys.json} of a directory; replaces an existing file. */
    public static TokenSigner in(Path directory) {
        return in(directory, KEY_ID);
    }

    /** Writes a new RSA key with this key id, as {@link #in(Path)} does. */
    public static TokenSigner in(Path directory, String keyId) {
        try {
            return written(RsaJwkGenerator.generateJwk(RSA_BITS), keyId, directory);
        } catch (JoseException e) {
            throw new IllegalStateException("this JVM cannot make an RSA key", e);
        }
    }

    /** Writes a new P-256 key, which takes less time to make, to the file {@code keys.json} of a directory. */
    public static TokenSigner ellipticIn(Path directory) {
        return ellipticIn(directory, KEY_ID);
    }

    /** Writes a new P-256 key with this key id, as {@link #ellipticIn(Path)} does. */
    public static TokenSigner ellipticIn(Path directory, String keyId) {
        try {
            return written(EcJwkGenerator.generateJwk(EllipticCurves.P256), keyId, directory);
        } catch (JoseException e) {
            throw new IllegalStateException("this JVM cannot make a P-256 key", e);
        }
    }

    private static TokenSigner written(PublicJsonWebKey key, String keyId, Path directory) {
        Path file = directory.resolve(FILE);
        try {
            key.setKeyId(keyId);
            Files.writeString(file, json(key));
            return new TokenSigner(key, file);
        } catch (IOException e) {
            throw new KeyFileException("cannot write " + file + ": " + reason(e), e);
        }
    }

    private static String json(JsonWebKey key) {
        return new JsonWebKeySet(key).toJson(JsonWebKey.OutputControlLevel.INCLUDE_PRIVATE);
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static @Nullable String algorithm(PublicJsonWebKey key) {
        if (key instanceof RsaJsonWebKey) {
            return AlgorithmIdentifiers.RSA_USING_SHA256;
        }
        return key instanceof EllipticCurveJsonWebKey ? AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256 : null;
    }

    /** The file of the JWK set, private part included. */
    public Path file() {
        return file;
    }

    /** The key pair. */
    public PublicJsonWebKey key() {
        return key;
    }

    /** The claims of a user's token beside {@code sub} and its times. */
    public record Terms(
            String issuer, String audience, @Nullable String scope) {
        /** The default issuer and audience, with a scope or null for none. */
        public static Terms ofScope(@Nullable String scope) {
            return new Terms(ISSUER, AUDIENCE, scope);
        }
    }

    /**
     * Issues a token as an identity provider does, with {@code iat} and {@code jti}.
     *
     * @param user the {@code sub}; the caller has checked that it is a user key
     * @param ttl its life from now
     */
    public String issue(String user, Duration ttl, Terms terms) {
        return token(claims -> {
            claims.setIssuer(terms.issuer());
            claims.setAudience(terms.audience());
            claims.setSubject(user);
            claims.setIssuedAtToNow();
            claims.setExpirationTime(after(ttl));
            claims.setGeneratedJwtId();
            if (terms.scope() != null) {
                claims.setStringClaim("scope", terms.scope());
            }
        });
    }

    /** Signs a token of this user, valid for an hour, without {@code iat}. */
    public String token(String user) {
        return token(claims -> claims.setSubject(user));
    }

    /** Signs a token of this user, valid for {@code ttl}, without {@code iat}. */
    public String token(String user, Duration ttl) {
        return token(claims -> {
            claims.setSubject(user);
            claims.setExpirationTime(after(ttl));
        });
    }

    /** Signs a token with the default claims after this change. */
    public String token(Consumer<JwtClaims> change) {
        return sign(signature(), claims(change));
    }

    /** The default claims, those of the user {@code alice} for an hour, after this change. */
    public static JwtClaims claims(Consumer<JwtClaims> change) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(ISSUER);
        claims.setAudience(AUDIENCE);
        claims.setSubject("alice");
        claims.setExpirationTimeMinutesInTheFuture(MINUTES);
        change.accept(claims);
        return claims;
    }

    private static NumericDate after(Duration ttl) {
        NumericDate end = NumericDate.now();
        end.addSeconds(ttl.toSeconds());
        return end;
    }

    /** A signature by this key that has no payload yet, for tests that change its headers. */
    public JsonWebSignature signature() {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setHeader("typ", "JWT");
        signature.setAlgorithmHeaderValue(algorithm(key));
        signature.setKeyIdHeaderValue(key.getKeyId());
        signature.setKey(key.getPrivateKey());
        return signature;
    }

    /** Signs these claims; returns the compact token. */
    public static String sign(JsonWebSignature signature, JwtClaims claims) {
        try {
            signature.setPayload(claims.toJson());
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException("the key did not sign", e);
        }
    }
}
