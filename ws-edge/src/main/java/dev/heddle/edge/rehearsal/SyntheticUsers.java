package dev.heddle.edge.rehearsal;

import dev.heddle.auth.AuthConfig;
import dev.heddle.auth.TokenVerifier;
import dev.heddle.auth.VerificationKeys;
import dev.heddle.event.UserKey;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.lang.JoseException;

/** The users of a rehearsal, with tokens of a key that is nowhere else. Immutable. */
final class SyntheticUsers {
    private static final int MINUTES = 10;
    private static final int RSA_BITS = 2048;

    private final List<UserKey> keys;
    private final List<String> tokens;
    private final TokenVerifier verifier;

    private SyntheticUsers(List<UserKey> keys, List<String> tokens, TokenVerifier verifier) {
        this.keys = keys;
        this.tokens = tokens;
        this.verifier = verifier;
    }

    static SyntheticUsers of(int count, Clock clock) throws JoseException {
        PublicJsonWebKey key = RsaJwkGenerator.generateJwk(RSA_BITS);
        AuthConfig config = AuthConfig.defaults();
        String published = new JsonWebKeySet(key).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
        List<UserKey> users = IntStream.range(0, count)
                .mapToObj(i -> UserKey.of("rehearsal-" + i))
                .toList();
        List<String> tokens = new ArrayList<>();
        for (UserKey user : users) {
            tokens.add(token(user, key, config));
        }
        return new SyntheticUsers(
                users, tokens, new TokenVerifier(config, VerificationKeys.parse(published, "the rehearsal"), clock));
    }

    private static String token(UserKey user, PublicJsonWebKey key, AuthConfig config) throws JoseException {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(config.issuer());
        claims.setAudience(config.audience());
        claims.setSubject(user.value());
        claims.setExpirationTimeMinutesInTheFuture(MINUTES);
        JsonWebSignature signed = new JsonWebSignature();
        signed.setPayload(claims.toJson());
        signed.setKey(key.getPrivateKey());
        signed.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
        return signed.getCompactSerialization();
    }

    int count() {
        return keys.size();
    }

    UserKey key(int user) {
        return keys.get(user);
    }

    String token(int user) {
        return tokens.get(user);
    }

    /** The verifier that accepts these users' tokens. */
    TokenVerifier verifier() {
        return verifier;
    }
}
