package dev.heddle.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.Use;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.keys.resolvers.VerificationKeyResolver;
import org.jose4j.lang.JoseException;

/**
 * The public keys of a JWK set (RFC 7517), as read once. Private parts, if there are any, are dropped at once;
 * symmetric keys are left out, because a verifier that has them could also sign. Immutable.
 */
public final class VerificationKeys {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._:/+=-]{1,64}");

    private final VerificationKeyResolver resolver;
    private final int count;
    private final List<String> problems;

    private VerificationKeys(List<JsonWebKey> keys, List<String> problems) {
        JwksVerificationKeyResolver byIdAndType = new JwksVerificationKeyResolver(List.copyOf(keys));
        byIdAndType.setDisambiguateWithVerifySignature(true);
        this.resolver = byIdAndType;
        this.count = keys.size();
        this.problems = List.copyOf(problems);
    }

    /**
     * Reads the keys of a document. An unusable key is left out and named in {@link #problems()}; with a set without
     * usable keys no token is accepted.
     *
     * @param where it came from, for the message
     * @throws UnusableKeysException with one line that never shows the document, if it is no JWK set
     */
    public static VerificationKeys parse(String json, String where) {
        JsonNode keys;
        try {
            keys = Json.parseObject(json).get("keys");
        } catch (InvalidEventException e) {
            throw new UnusableKeysException(where + " is not a JWK set");
        }
        if (!(keys instanceof ArrayNode list)) {
            throw new UnusableKeysException(where + " is not a JWK set");
        }
        List<JsonWebKey> usable = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            try {
                usable.add(publicKey(list.get(i)));
            } catch (UnusableKeysException e) {
                problems.add("key " + i + name(list.get(i)) + " " + e.getMessage());
            }
        }
        return new VerificationKeys(usable, problems);
    }

    private static JsonWebKey publicKey(JsonNode json) {
        JsonWebKey key;
        try {
            key = JsonWebKey.Factory.newJwk(json.toString());
            if (key instanceof PublicJsonWebKey) {
                key = PublicJsonWebKey.Factory.newPublicJwk(key.toParams(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
            }
        } catch (JoseException | RuntimeException e) {
            throw new UnusableKeysException("cannot be read");
        }
        if (!(key instanceof PublicJsonWebKey)) {
            throw new UnusableKeysException("is symmetric; only public or private keys are accepted");
        }
        if (key.getUse() != null && !key.getUse().equals(Use.SIGNATURE)) {
            throw new UnusableKeysException("is not for signatures");
        }
        if (key.getAlgorithm() != null && !AuthConfig.SUPPORTED.contains(key.getAlgorithm())) {
            throw new UnusableKeysException("is for an algorithm that is not supported");
        }
        return key;
    }

    /** The key's id for a message; empty if it is not short and plain. */
    private static String name(JsonNode json) {
        String id = json.path("kid").asText("");
        return PLAIN.matcher(id).matches() ? " (" + id + ")" : "";
    }

    /**
     * Returns these keys if one of them is usable.
     *
     * @throws UnusableKeysException if none is
     */
    VerificationKeys orThrow(String where) {
        if (count == 0) {
            throw new UnusableKeysException(where + " has no keys"
                    + (problems.isEmpty() ? "" : " that can be used: " + String.join("; ", problems)));
        }
        return this;
    }

    /** The problems of keys that were left out, one line each that names the key and shows nothing else of it. */
    List<String> problems() {
        return problems;
    }

    /** The resolver that selects a key by a token's key id, algorithm and use; it throws if none fits. */
    VerificationKeyResolver resolver() {
        return resolver;
    }

    int count() {
        return count;
    }
}
