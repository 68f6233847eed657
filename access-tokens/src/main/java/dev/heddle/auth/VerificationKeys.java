package dev.heddle.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of a JWK set file (RFC 7517). Private parts, if the file has any, are dropped at once; symmetric keys are refused,
 * because an edge that could verify with them could also sign.
 */
public final class VerificationKeys {

    private final List<JsonWebKey> keys;

    private VerificationKeys(List<JsonWebKey> keys) {
        this.keys = List.copyOf(keys);
    }

    /**
     * Reads a file.
     *
     * @param file the path, or null when none is configured
     * @throws UnusableKeysException with one line that says what is wrong and never what the file holds
     */
    public static VerificationKeys read(@Nullable String file) {
        if (file == null || file.isBlank()) {
            throw new UnusableKeysException(
                    "no key to verify tokens with: give --key FILE or auth.keys, a JWK set (heddle keygen makes one for development)");
        }
        try {
            Path path = Path.of(file);
            if (!Files.isRegularFile(path)) {
                throw new UnusableKeysException("the key file " + file + " does not exist");
            }
            return parse(Files.readString(path, StandardCharsets.UTF_8), file);
        } catch (IOException | InvalidPathException e) {
            throw new UnusableKeysException("the key file " + file + " cannot be read");
        }
    }

    /**
     * The keys of this document.
     *
     * @param file where it came from, for the message
     * @throws UnusableKeysException with one line that says what is wrong and never what the document holds
     */
    public static VerificationKeys parse(String json, String file) {
        List<JsonWebKey> publicKeys = new ArrayList<>();
        try {
            for (JsonWebKey key : new JsonWebKeySet(json).getJsonWebKeys()) {
                if (!(key instanceof PublicJsonWebKey)) {
                    throw new UnusableKeysException(
                            "the key file " + file + " has a symmetric key; only public or private keys are accepted");
                }
                publicKeys.add(
                        PublicJsonWebKey.Factory.newPublicJwk(key.toParams(JsonWebKey.OutputControlLevel.PUBLIC_ONLY)));
            }
        } catch (JoseException | RuntimeException e) {
            if (e instanceof UnusableKeysException unusable) {
                throw unusable;
            }
            throw new UnusableKeysException("the key file " + file + " is not a JWK set");
        }
        if (publicKeys.isEmpty()) {
            throw new UnusableKeysException("the key file " + file + " has no keys");
        }
        return new VerificationKeys(publicKeys);
    }

    List<JsonWebKey> keys() {
        return keys;
    }
}
