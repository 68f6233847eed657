package dev.heddle.auth;

import dev.heddle.event.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;

/**
 * A cache of the claims of tokens whose signature was verified lately, so that a returning client, or a sender's next
 * batch, waits for no check. Only the result for signature, issuer and audience is kept, and only for the set of keys
 * that it was checked by: a refresh of the keys, even to the same ones, clears the cache. Expiry, revocation and the
 * rest are checked each time. Holds digests and claims of the {@value #MOST} tokens that were used last, and no token.
 * Any thread.
 */
final class CheckedTokens {

    static final int MOST = 1_024;

    /**
     * The greatest length of a cached token in characters; a longer one is checked each time, so that the cache stays
     * small.
     */
    private static final int MAX_LENGTH = 4_096;

    private final Map<ByteBuffer, Checked> checked = new LastUsed();

    private record Checked(JwtClaims claims, @Nullable VerificationKeys by) {}

    private static final class LastUsed extends LinkedHashMap<ByteBuffer, Checked> {
        private static final long serialVersionUID = 1;

        LastUsed() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Checked> eldest) {
            return size() > MOST;
        }
    }

    /**
     * The claims of a token, or null if its signature has to be checked.
     *
     * @param keys that hold now, or null if none do
     */
    @Nullable
    JwtClaims find(String token, @Nullable VerificationKeys keys) {
        if (token.length() > MAX_LENGTH) {
            return null;
        }
        ByteBuffer digest = digest(token);
        synchronized (checked) {
            Checked known = checked.get(digest);
            if (known == null) {
                return null;
            }
            if (known.by() != keys) {
                checked.remove(digest);
                return null;
            }
            return known.claims();
        }
    }

    /** Adds a token whose signature is valid by these keys. */
    void add(String token, JwtClaims claims, @Nullable VerificationKeys by) {
        if (token.length() <= MAX_LENGTH) {
            ByteBuffer digest = digest(token);
            synchronized (checked) {
                checked.put(digest, new Checked(claims, by));
            }
        }
    }

    private static ByteBuffer digest(String token) {
        return ByteBuffer.wrap(Sha256.digest().digest(token.getBytes(StandardCharsets.UTF_8)));
    }
}
