package dev.heddle.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.config.Settings;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TenantTest {

    private static final String LETTERS = "01:ab\u00e9\u0000\ud83d\ude00/";

    @Test
    void noTwoPairsShareAKey() {
        assertEquals("4:acmebob", TenantKeys.of("acme", "bob").value());
        Random random = new Random(7);
        Map<UserKey, List<String>> seen = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            List<String> pair = List.of(text(random, 0), text(random, 1));
            List<String> other = seen.putIfAbsent(TenantKeys.of(pair.get(0), pair.get(1)), pair);
            assertTrue(other == null || other.equals(pair), () -> other + " and " + pair);
        }
        assertTrue(seen.size() > 50_000, "only " + seen.size());
    }

    private static String text(Random random, int least) {
        StringBuilder text = new StringBuilder();
        for (int left = least + random.nextInt(4); left > 0; left--) {
            int at = LETTERS.offsetByCodePoints(0, random.nextInt(LETTERS.codePointCount(0, LETTERS.length())));
            text.appendCodePoint(LETTERS.codePointAt(at));
        }
        return text.toString();
    }

    @Test
    void halvesDoNotBecomeAWholeAcrossTheBorder() {
        assertThrows(InvalidEventException.class, () -> TenantKeys.of("a\ud83d", "\ude00b"));
        assertThrows(InvalidEventException.class, () -> TenantKeys.of("acme", ""));
        assertThrows(InvalidEventException.class, () -> TenantKeys.of("t".repeat(200), "u".repeat(60)));
    }

    @Test
    void aKeyIsOfOneTenantOnly() {
        UserKey bob = TenantKeys.of("acme", "bob");
        assertTrue(TenantKeys.isOf("acme", bob));
        assertFalse(TenantKeys.isOf("acm", bob));
        assertFalse(TenantKeys.isOf("acmeb", bob));
        assertFalse(TenantKeys.isOf("", bob));
        assertFalse(TenantKeys.isOf("acme", UserKey.of("acmebob")));
    }

    @Test
    void withATenantClaimAUserNeedsOneAndAServiceMayDoWithout(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        TokenVerifier verifier = new TokenVerifier(
                Settings.with(AuthConfig.defaults(), "tenantClaim=org"),
                KeyLocation.file(tokens.file().toString()).read(),
                Clock.systemUTC());
        String ofTenant = tokens.token(claims -> claims.setStringClaim("org", "acme"));
        TokenVerdict.Verified user = assertInstanceOf(TokenVerdict.Verified.class, verifier.verify(ofTenant));
        assertEquals("4:acmealice", user.user().value());
        assertTrue(user.reaches(TenantKeys.of("acme", "bob")));
        assertFalse(user.reaches(TenantKeys.of("acm", "ebob")));
        // A sub that looks like another tenant's key stays inside its own.
        String forged = tokens.token(claims -> {
            claims.setStringClaim("org", "evil");
            claims.setSubject("4:acmealice");
        });
        assertEquals(
                "4:evil4:acmealice",
                assertInstanceOf(TokenVerdict.Verified.class, verifier.verify(forged))
                        .user()
                        .value());
        assertInstanceOf(TokenVerdict.Refused.class, verifier.verify(tokens.token("4:acmealice")));
        TokenVerdict.Verified service =
                assertInstanceOf(TokenVerdict.Verified.class, verifier.verifyService(tokens.token("ingest")));
        assertNull(service.tenant());
        assertEquals("0:ingest", service.user().value());
        assertTrue(service.reaches(user.user()));
        for (Object wrong : List.of("", 7, List.of("acme"))) {
            assertInstanceOf(
                    TokenVerdict.Refused.class,
                    verifier.verifyService(tokens.token(claims -> claims.setClaim("org", wrong))));
        }
    }
}
