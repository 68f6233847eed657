package dev.heddle.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.config.InvalidSettingException;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsSources;
import dev.heddle.event.UserKey;
import dev.heddle.token.TokenSigner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenVerifierTest {

    private static final Set<String> EVERY_SCOPE = Set.of("events:write", "other");

    private TokenSigner tokens = TokenSigner.ellipticIn(Path.of("target"));

    @BeforeEach
    void key(@TempDir Path directory) {
        tokens = TokenSigner.ellipticIn(directory);
    }

    private TokenVerifier verifier() {
        return new TokenVerifier(
                AuthConfig.defaults(),
                KeyLocation.file(tokens.file().toString()).read(),
                Clock.systemUTC());
    }

    private void assertRefused(TokenVerdict.Reason reason, String token) {
        assertEquals(new TokenVerdict.Refused(reason), verifier().verify(token));
    }

    private void assertRefused(TokenVerdict.Reason reason, Consumer<JwtClaims> change) {
        assertRefused(reason, tokens.token(change));
    }

    @Test
    void aGoodTokenGivesUserEndAndScopes() {
        TokenVerdict.Verified verified = assertInstanceOf(
                TokenVerdict.Verified.class,
                verifier().verify(tokens.token(claims -> claims.setStringClaim("scope", "events:write other other"))));
        assertEquals(UserKey.of("alice"), verified.user());
        assertEquals(EVERY_SCOPE, verified.scopes());
        assertTrue(verified.expiresAt().isAfter(Clock.systemUTC().instant()));
    }

    @Test
    void theUserIsInTheClaimThatIsConfigured() {
        AuthConfig defaults = AuthConfig.defaults();
        AuthConfig config = new AuthConfig(
                null,
                null,
                defaults.keysRefresh(),
                defaults.keysCoolDown(),
                defaults.keysMaxAge(),
                null,
                defaults.algorithms(),
                defaults.issuer(),
                defaults.audience(),
                "uid",
                null,
                defaults.skew());
        TokenVerifier verifier = new TokenVerifier(
                config, KeyLocation.file(tokens.file().toString()).read(), Clock.systemUTC());
        TokenVerdict.Verified verified = assertInstanceOf(
                TokenVerdict.Verified.class,
                verifier.verify(tokens.token(claims -> claims.setStringClaim("uid", "bob"))));
        assertEquals(UserKey.of("bob"), verified.user());
        assertEquals(
                new TokenVerdict.Refused(TokenVerdict.Reason.INVALID), verifier.verify(tokens.token("the subject")));
    }

    @Test
    void eachAllowedAlgorithmIsVerified(@TempDir Path directory) throws JoseException, IOException {
        PublicJsonWebKey rsa = RsaJwkGenerator.generateJwk(2048);
        PublicJsonWebKey okp = OkpJwkGenerator.generateJwk("Ed25519");
        rsa.setKeyId("rsa");
        okp.setKeyId("okp");
        Path file = directory.resolve("public.json");
        Files.writeString(
                file, new JsonWebKeySet(rsa, okp, tokens.key()).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
        TokenVerifier verifier = new TokenVerifier(
                AuthConfig.defaults(),
                KeyLocation.file(file.toString()).read().orThrow("the key file " + file),
                Clock.systemUTC());
        assertInstanceOf(
                TokenVerdict.Verified.class, verifier.verify(signed(rsa, AlgorithmIdentifiers.RSA_USING_SHA256)));
        assertInstanceOf(TokenVerdict.Verified.class, verifier.verify(signed(okp, AlgorithmIdentifiers.EDDSA)));
        assertInstanceOf(TokenVerdict.Verified.class, verifier.verify(tokens.token("bob")));
        assertInstanceOf(
                TokenVerdict.Refused.class, verifier.verify(signed(rsa, AlgorithmIdentifiers.RSA_PSS_USING_SHA256)));
    }

    private static String signed(PublicJsonWebKey key, String algorithm) {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(algorithm);
        signature.setKeyIdHeaderValue(key.getKeyId());
        signature.setKey(key.getPrivateKey());
        return TokenSigner.sign(signature, TokenSigner.claims(claims -> {}));
    }

    @Test
    void noneIsRefused() {
        JsonWebSignature unsigned = new JsonWebSignature();
        unsigned.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        unsigned.setAlgorithmHeaderValue(AlgorithmIdentifiers.NONE);
        assertRefused(TokenVerdict.Reason.INVALID, TokenSigner.sign(unsigned, TokenSigner.claims(claims -> {})));
        String[] parts = tokens.token("alice").split("\\.", -1);
        String none = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"nOnE\"}".getBytes(StandardCharsets.UTF_8));
        assertRefused(TokenVerdict.Reason.INVALID, none + "." + parts[1] + ".");
    }

    @Test
    void aSecretMadeOfThePublicKeyIsRefused() {
        JsonWebSignature confused = new JsonWebSignature();
        confused.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        confused.setKeyIdHeaderValue("test");
        confused.setKey(new HmacKey(tokens.key().getPublicKey().getEncoded()));
        assertRefused(TokenVerdict.Reason.INVALID, TokenSigner.sign(confused, TokenSigner.claims(claims -> {})));
    }

    @Test
    void anothersSignatureIsRefusedAlsoIfTheTokenBringsItsOwnKey() throws JoseException {
        PublicJsonWebKey stranger = EcJwkGenerator.generateJwk(EllipticCurves.P256);
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
        signature.setJwkHeader(stranger);
        signature.setHeader("jku", "https://evil.example/keys.json");
        signature.setKeyIdHeaderValue("../../etc/passwd");
        signature.setKey(stranger.getPrivateKey());
        assertRefused(TokenVerdict.Reason.INVALID, TokenSigner.sign(signature, TokenSigner.claims(claims -> {})));
    }

    @Test
    void wrongIssuerOrAudienceIsRefused() {
        assertRefused(TokenVerdict.Reason.INVALID, claims -> claims.setIssuer("someone"));
        assertRefused(TokenVerdict.Reason.INVALID, claims -> claims.setAudience("elsewhere"));
        assertRefused(TokenVerdict.Reason.INVALID, claims -> claims.unsetClaim("aud"));
        assertRefused(TokenVerdict.Reason.INVALID, claims -> claims.unsetClaim("iss"));
    }

    @Test
    void timeCounts() {
        assertRefused(TokenVerdict.Reason.EXPIRED, claims -> claims.setExpirationTimeMinutesInTheFuture(-60));
        assertRefused(TokenVerdict.Reason.EXPIRED, claims -> claims.setExpirationTimeMinutesInTheFuture(-1 / 60f));
        assertRefused(TokenVerdict.Reason.INVALID, claims -> claims.unsetClaim("exp"));
        assertRefused(TokenVerdict.Reason.INVALID, claims -> claims.setNotBeforeMinutesInThePast(-5));
        assertInstanceOf(
                TokenVerdict.Verified.class,
                verifier().verify(tokens.token(claims -> claims.setNotBeforeMinutesInThePast(-10 / 60f))));
        assertInstanceOf(
                TokenVerdict.Verified.class,
                verifier()
                        .verify(tokens.token(
                                claims -> claims.setExpirationTime(NumericDate.fromSeconds(Long.MAX_VALUE / 8)))));
    }

    @Test
    void aUserKeyThatTheLogCannotHoldIsNotAllowed() {
        assertRefused(TokenVerdict.Reason.USER_NOT_ALLOWED, claims -> claims.setSubject(""));
        assertRefused(TokenVerdict.Reason.USER_NOT_ALLOWED, claims -> claims.setSubject("ü".repeat(129)));
        assertRefused(TokenVerdict.Reason.INVALID, claims -> claims.unsetClaim("sub"));
        assertRefused(TokenVerdict.Reason.INVALID, claims -> claims.setClaim("sub", 17));
    }

    @Test
    void aSubjectWithHalfASurrogateIsNotAllowed() throws JoseException {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
        signature.setKeyIdHeaderValue("test");
        signature.setKey(tokens.key().getPrivateKey());
        signature.setPayload("{\"iss\":\"heddle-dev\",\"aud\":\"heddle\",\"exp\":4000000000,\"sub\":\"a\\ud800\"}");
        assertRefused(TokenVerdict.Reason.USER_NOT_ALLOWED, signature.getCompactSerialization());
    }

    @Test
    void garbageIsRefusedWithoutAnException() {
        for (String garbage : List.of(".", "..", "...", "a.b.c", "a.b.c.d.e", "\u0000", "eyJ9.eyJ9.", "é".repeat(50))) {
            assertRefused(TokenVerdict.Reason.INVALID, garbage);
        }
        assertRefused(TokenVerdict.Reason.INVALID, "x".repeat(1 << 20));
        assertRefused(TokenVerdict.Reason.MISSING, "");
    }

    @Test
    void keysThatCannotBeUsedAreToldInOneLineThatHoldsNoKey(@TempDir Path directory) throws IOException {
        Path symmetric = directory.resolve("oct.json");
        Files.writeString(symmetric, "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0c2VjcmV0\"}]}");
        Path empty = directory.resolve("empty.json");
        Files.writeString(empty, "{\"keys\":[]}");
        Path broken = directory.resolve("broken.json");
        Files.writeString(broken, "hunter2");
        for (Path file : List.of(symmetric, empty, broken, directory, directory.resolve("none.json"))) {
            String message = String.valueOf(assertThrows(
                            UnusableKeysException.class,
                            () -> KeyLocation.file(file.toString()).read().orThrow("the key file " + file))
                    .getMessage());
            assertTrue(message.contains(file.toString()), message);
            assertTrue(
                    !message.contains("c2VjcmV0") && !message.contains("hunter2") && !message.contains("\n"), message);
        }
        assertThrows(UnusableKeysException.class, () -> Access.requireKeys(AuthConfig.defaults()));
    }

    @Test
    void aPayloadThatIsNotUtf8IsRefused() throws JoseException {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
        signature.setKeyIdHeaderValue("test");
        signature.setKey(tokens.key().getPrivateKey());
        signature.setPayloadBytes("{\"iss\":\"heddle-dev\",\"aud\":\"heddle\",\"exp\":4000000000,\"sub\":\"a\u00ff\"}"
                .getBytes(StandardCharsets.ISO_8859_1));
        assertRefused(TokenVerdict.Reason.INVALID, signature.getCompactSerialization());
    }

    @Test
    void aClaimThatStandsThereTwiceIsRefused() throws JoseException {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
        signature.setKeyIdHeaderValue("test");
        signature.setKey(tokens.key().getPrivateKey());
        signature.setPayload(
                "{\"iss\":\"heddle-dev\",\"aud\":\"heddle\",\"exp\":4000000000,\"sub\":\"a\",\"sub\":\"b\"}");
        assertRefused(TokenVerdict.Reason.INVALID, signature.getCompactSerialization());
    }

    @Test
    void oneDatedAheadIsRefusedButForTheSkew() {
        assertRefused(TokenVerdict.Reason.INVALID, claims -> claims.setIssuedAt(inSeconds(300)));
        assertInstanceOf(
                TokenVerdict.Verified.class,
                verifier().verify(tokens.token(claims -> claims.setIssuedAt(inSeconds(10)))));
    }

    private static NumericDate inSeconds(long seconds) {
        NumericDate date = NumericDate.now();
        date.addSeconds(seconds);
        return date;
    }

    @Test
    void anUnknownCriticalHeaderIsRefused() {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
        signature.setHeader("crit", List.of("x-new"));
        signature.setHeader("x-new", "1");
        signature.setKey(tokens.key().getPrivateKey());
        assertRefused(TokenVerdict.Reason.INVALID, TokenSigner.sign(signature, TokenSigner.claims(claims -> {})));
    }

    @Test
    void withASecretOnlyHs256IsTaken(@TempDir Path directory) throws IOException {
        Path secret = directory.resolve("secret");
        Files.writeString(secret, "0123456789abcdef0123456789abcdef\n");
        TokenVerifier verifier = new TokenVerifier(
                Settings.with(AuthConfig.defaults(), "secret=" + secret, "algorithms=HS256"),
                new TokenVerifier.Knowledge(KeySource.fixed(null), Revocations.none(), Clock.systemUTC()),
                SignatureChecks.onCallersThread());
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        signature.setKey(new HmacKey("0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8)));
        assertInstanceOf(
                TokenVerdict.Verified.class,
                verifier.verify(TokenSigner.sign(signature, TokenSigner.claims(claims -> {}))));
        assertInstanceOf(TokenVerdict.Refused.class, verifier.verify(tokens.token("alice")));
        Files.writeString(secret, "short");
        assertThrows(
                UnusableKeysException.class,
                () -> new SignatureCheck(Settings.with(AuthConfig.defaults(), "secret=" + secret, "algorithms=HS256")));
    }

    @Test
    void hs256WithoutASecretAndASecretWithoutHs256CannotBeConfigured() {
        assertInvalid("auth.algorithms=HS256");
        assertInvalid("auth.algorithms=none");
        assertInvalid("auth.algorithms=rs256");
        assertInvalid("auth.secret=file");
        assertInvalid("auth.keysUrl=http://keys.example/jwks.json");
        assertInvalid("auth.keysUrl=https://user:word@keys.example/jwks.json");
        assertInvalid("auth.keysUrl=file:///etc/passwd");
        assertInvalid("auth.tenantClaim=sub");
    }

    /** Only the tree's one branch that the setting is in. */
    record Role(AuthConfig auth) {}

    private static void assertInvalid(String setting) {
        String key = setting.substring(0, setting.indexOf('='));
        InvalidSettingException refusal = assertThrows(
                InvalidSettingException.class,
                () -> Settings.load(
                        Role.class, new Role(AuthConfig.defaults()), SettingsSources.only("role", setting)));
        assertTrue(String.valueOf(refusal.getMessage()).contains(key), refusal.getMessage());
    }
}
