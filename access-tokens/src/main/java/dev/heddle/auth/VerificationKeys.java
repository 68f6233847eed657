package dev.heddle.auth;

import java.util.ArrayList;
import java.util.List;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.keys.resolvers.VerificationKeyResolver;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of a JWK set (RFC 7517) as it was at one look. Private parts, if it has any, are dropped at once; symmetric keys are
 * refused, because whoever could verify with them could also sign. Immutable.
 */
public final class VerificationKeys {

    private final VerificationKeyResolver resolver;
    private final int count;

    private VerificationKeys(List<JsonWebKey> keys) {
        JwksVerificationKeyResolver byIdAndType = new JwksVerificationKeyResolver(List.copyOf(keys));
        byIdAndType.setDisambiguateWithVerifySignature(true);
        this.resolver = byIdAndType;
        this.count = keys.size();
    }

    /**
     * Reads a file once.
     *
     * @param file the path, or null when none is configured
     * @throws UnusableKeysException with one line that says what is wrong and never what the file holds
     */
    public static VerificationKeys read(@Nullable String file) {
        if (file == null || file.isBlank()) {
            throw UnusableKeysException.none();
        }
        return KeyLocation.file(file).read();
    }

    /**
     * The keys of this document.
     *
     * @param where it came from, for the message
     * @throws UnusableKeysException with one line that says what is wrong and never what the document holds
     */
    public static VerificationKeys parse(String json, String where) {
        List<JsonWebKey> publicKeys = new ArrayList<>();
        try {
            for (JsonWebKey key : new JsonWebKeySet(json).getJsonWebKeys()) {
                if (!(key instanceof PublicJsonWebKey)) {
                    throw new UnusableKeysException(
                            where + " has a symmetric key; only public or private keys are accepted");
                }
                publicKeys.add(
                        PublicJsonWebKey.Factory.newPublicJwk(key.toParams(JsonWebKey.OutputControlLevel.PUBLIC_ONLY)));
            }
        } catch (JoseException | RuntimeException e) {
            if (e instanceof UnusableKeysException unusable) {
                throw unusable;
            }
            throw new UnusableKeysException(where + " is not a JWK set");
        }
        if (publicKeys.isEmpty()) {
            throw new UnusableKeysException(where + " has no keys");
        }
        return new VerificationKeys(publicKeys);
    }

    /** Chooses among the keys by a token's key id, algorithm and use; throws if none fits. */
    VerificationKeyResolver resolver() {
        return resolver;
    }

    int count() {
        return count;
    }
}
