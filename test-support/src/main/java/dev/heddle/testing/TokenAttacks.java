package dev.heddle.testing;

import dev.heddle.token.TokenSigner;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;

/** Tokens that must never open a session, each under a key that names the expected close code and the fault. */
public final class TokenAttacks {

    private static final int YEAR_MINUTES = 365 * 24 * 60;

    private final PublicJsonWebKey key;
    private final Map<String, String> tokens = new LinkedHashMap<>();

    private TokenAttacks(PublicJsonWebKey key) {
        this.key = key;
    }

    /** The attacks on a verifier that trusts this key, RSA or P-256, with the development issuer and audience. */
    public static Map<String, String> of(PublicJsonWebKey key) {
        TokenAttacks attacks = new TokenAttacks(key);
        try {
            attacks.algorithms();
            attacks.keyIds();
        } catch (JoseException e) {
            throw new AssertionError("no key", e);
        }
        attacks.claims();
        return attacks.tokens;
    }

    private void algorithms() throws JoseException {
        String good = signed(claims -> {});
        String[] parts = good.split("\\.", -1);
        JsonWebSignature none = new JsonWebSignature();
        none.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        none.setAlgorithmHeaderValue(AlgorithmIdentifiers.NONE);
        tokens.put("4401 alg none", TokenSigner.sign(none, TokenSigner.claims(claims -> {})));
        for (String name : List.of("nOnE", "NONE", "", "ES257", "HS256", "RS256")) {
            tokens.put(
                    "4401 alg '" + name + "' without a signature",
                    encoded("{\"alg\":\"" + name + "\"}") + "." + parts[1] + ".");
        }
        tokens.put("4401 no signature", parts[0] + "." + parts[1] + ".");
        for (int length : List.of(64, 256)) {
            tokens.put(
                    "4401 a signature of " + length + " zeros",
                    parts[0] + "." + parts[1] + "." + encoded(new byte[length]));
        }
        JsonWebSignature confused = signature();
        confused.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        confused.setKey(new HmacKey(key.getPublicKey().getEncoded()));
        tokens.put("4401 HS256 by the public key", TokenSigner.sign(confused, TokenSigner.claims(claims -> {})));
        JsonWebSignature written = signature();
        written.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        written.setKey(new HmacKey(key.toJson().getBytes(StandardCharsets.UTF_8)));
        tokens.put("4401 HS256 by the public JWK", TokenSigner.sign(written, TokenSigner.claims(claims -> {})));
    }

    private void keyIds() throws JoseException {
        PublicJsonWebKey stranger =
                isElliptic() ? EcJwkGenerator.generateJwk(EllipticCurves.P256) : RsaJwkGenerator.generateJwk(2048);
        for (String id : List.of("test", "../../etc/passwd", "'; DROP TABLE keys; --", "", "x".repeat(1_000))) {
            JsonWebSignature signature = signature();
            signature.setKeyIdHeaderValue(id);
            signature.setHeader("jku", "http://127.0.0.1:1/keys.json");
            signature.setHeader("x5u", "http://127.0.0.1:1/keys.pem");
            signature.setJwkHeader(stranger);
            signature.setKey(stranger.getPrivateKey());
            tokens.put(
                    "4401 a stranger's key as '" + id.substring(0, Math.min(20, id.length())) + "'",
                    TokenSigner.sign(signature, TokenSigner.claims(claims -> {})));
        }
        JsonWebSignature critical = signature();
        critical.setHeader("crit", List.of("x-new"));
        critical.setHeader("x-new", "1");
        tokens.put("4401 an unknown critical header", TokenSigner.sign(critical, TokenSigner.claims(claims -> {})));
    }

    private void claims() {
        tokens.put("4401 expired", signed(claims -> claims.setExpirationTimeMinutesInTheFuture(-1)));
        tokens.put("4401 no expiry", signed(claims -> claims.unsetClaim("exp")));
        tokens.put("4401 not yet valid", signed(claims -> claims.setNotBeforeMinutesInThePast(-YEAR_MINUTES)));
        tokens.put("4401 wrong audience", signed(claims -> claims.setAudience("elsewhere")));
        tokens.put("4401 no audience", signed(claims -> claims.unsetClaim("aud")));
        tokens.put("4401 wrong issuer", signed(claims -> claims.setIssuer("https://evil.example")));
        tokens.put("4401 no user", signed(claims -> claims.unsetClaim("sub")));
        tokens.put("4401 a user that is a number", signed(claims -> claims.setClaim("sub", 7)));
        tokens.put("4401 a user that is a list", signed(claims -> claims.setClaim("sub", List.of("alice"))));
        tokens.put("4403 an empty user", signed(claims -> claims.setSubject("")));
        tokens.put("4403 a user too long", signed(claims -> claims.setSubject("u".repeat(257))));
        tokens.put("4403 half a surrogate", payload("\"sub\":\"a\\ud800\""));
        tokens.put("4403 surrogates the wrong way round", payload("\"sub\":\"\\ude00\\ud83d\""));
        tokens.put("4401 two users", payload("\"sub\":\"alice\",\"sub\":\"bob\""));
    }

    private String payload(String user) {
        JsonWebSignature signature = signature();
        signature.setPayload("{\"iss\":\"heddle-dev\",\"aud\":\"heddle\",\"exp\":4000000000," + user + "}");
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new AssertionError("cannot sign", e);
        }
    }

    private boolean isElliptic() {
        return key instanceof EllipticCurveJsonWebKey;
    }

    private String signed(Consumer<JwtClaims> change) {
        return TokenSigner.sign(signature(), TokenSigner.claims(change));
    }

    private JsonWebSignature signature() {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(
                isElliptic()
                        ? AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256
                        : AlgorithmIdentifiers.RSA_USING_SHA256);
        signature.setKeyIdHeaderValue(key.getKeyId());
        signature.setKey(key.getPrivateKey());
        return signature;
    }

    private static String encoded(String text) {
        return encoded(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
