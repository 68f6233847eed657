package dev.heddle.auth;

import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtContext;
import org.jspecify.annotations.Nullable;

/**
 * The judge of tokens (RFC 7519, RFC 8725): signature by a configured key and an allowed algorithm, issuer, audience,
 * expiry (required), not-before, not revoked, and a user key that the log can hold.
 *
 * <p>The skew is granted to not-before and issued-at only: a token's end is taken at its word, as a session ends then
 * too.
 *
 * <p>Encrypted tokens are refused. Key addresses inside a token ({@code jku}, {@code x5u}, {@code jwk}) are never
 * looked at. Safe for any thread; one verification takes well under a millisecond and blocks on nothing.
 */
public final class TokenVerifier {

    /** Longest token looked at, in characters: the cap comes before the parser. */
    static final int MAX_TOKEN_LENGTH = 8192;

    /** The end of the year 9999 in seconds: what lies later is as good as never, and would overflow milliseconds. */
    private static final long LATEST = 253_402_300_799L;

    private final AuthConfig config;
    private final SignatureCheck signatures;
    private final KeySource keys;
    private final Revocations revocations;
    private final Clock clock;
    private final SignatureChecks checks;
    private final CheckedTokens checked = new CheckedTokens();

    /**
     * What a verifier goes by, beside its configuration: the keys as they change, the revocations as they come, the
     * time.
     */
    record Knowledge(KeySource keys, Revocations revocations, Clock clock) {}

    /** Judges by keys that never change, and knows of no revocation; on its callers' threads. */
    public TokenVerifier(AuthConfig config, VerificationKeys keys, Clock clock) {
        this(
                config,
                new Knowledge(KeySource.fixed(keys), Revocations.none(), clock),
                SignatureChecks.onCallersThread());
    }

    /** @param checks where signatures are checked for callers who do not wait */
    TokenVerifier(AuthConfig config, Knowledge knowledge, SignatureChecks checks) {
        this.config = config;
        this.signatures = new SignatureCheck(config);
        this.keys = knowledge.keys();
        this.revocations = knowledge.revocations();
        this.clock = knowledge.clock();
        this.checks = checks;
    }

    /** Whose token it is to be. */
    private enum Holder {
        USER,
        SERVICE
    }

    /** A verdict, and whether newer keys could change it. */
    private sealed interface Judgement {
        TokenVerdict verdict();

        record Said(TokenVerdict verdict) implements Judgement {}

        record UnknownKey() implements Judgement {
            @Override
            public TokenVerdict verdict() {
                return new TokenVerdict.Refused(TokenVerdict.Reason.INVALID);
            }
        }
    }

    /** Judges a user's token by the keys that are known now. Never throws for what a client sent. */
    public TokenVerdict verify(String token) {
        return judge(token, Holder.USER, keys.current()).verdict();
    }

    /** Judges a service's token, which may be of no tenant; see {@link TokenVerdict.Verified#reaches}. */
    public TokenVerdict verifyService(String token) {
        return judge(token, Holder.SERVICE, keys.current()).verdict();
    }

    /**
     * Who waits for a verdict.
     *
     * @param address whom a check counts for: where a request came from, or the user of a session; see
     *     {@link FairCheckQueue}
     * @param room where the token waits if its key is unknown
     */
    public record Caller(Object address, KeyWaitLimit room) {}

    /**
     * Judges a user's token without making its caller wait, for the check of a signature may take milliseconds, and
     * others may have their turn before. A token whose signature was found good not long ago is judged at once. If its
     * key is unknown, it may have come into use just now: then the token waits in the room until the keys have been
     * looked at again, and no thread waits with it.
     *
     * @param then given the verdict exactly once, on any thread, also before this returns
     */
    public void verify(String token, Caller caller, Consumer<TokenVerdict> then) {
        begin(new Question(token, Holder.USER), caller, then);
    }

    /** The same for a service's token, as of {@link #verifyService(String)}. */
    public void verifyService(String token, Caller caller, Consumer<TokenVerdict> then) {
        begin(new Question(token, Holder.SERVICE), caller, then);
    }

    /** What is to be judged. */
    private record Question(String token, Holder holder) {
        /** Whether its signature would be looked at. */
        boolean isShort() {
            return !token.isEmpty() && token.length() <= MAX_TOKEN_LENGTH;
        }
    }

    private void begin(Question question, Caller caller, Consumer<TokenVerdict> then) {
        if (question.isShort() && checked.find(question.token(), keys.current()) == null) {
            checks.submit(
                    new SignatureChecks.Turn(caller.address(), claimedSubject(question.token())),
                    () -> judge(question, caller.room(), then),
                    () -> then.accept(new TokenVerdict.Refused(TokenVerdict.Reason.BUSY)));
        } else {
            judge(question, caller.room(), then);
        }
    }

    /** What a token says of its subject, true or not; empty if that cannot be read. */
    private String claimedSubject(String token) {
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first < 0 || second < 0) {
            return "";
        }
        try {
            byte[] claims = Base64.getUrlDecoder().decode(token.substring(first + 1, second));
            String subject = Json.parseObject(new String(claims, StandardCharsets.UTF_8))
                    .path(config.userClaim())
                    .textValue();
            return subject == null ? "" : subject;
        } catch (InvalidEventException | IllegalArgumentException e) {
            return "";
        }
    }

    private void judge(Question question, KeyWaitLimit room, Consumer<TokenVerdict> then) {
        VerificationKeys seen = keys.current();
        TokenVerdict verdict = said(question, seen);
        if (verdict != null) {
            then.accept(verdict);
        } else if (!keys.await(new TokenAwaitingKey(room, seen, now -> said(question, now), then))) {
            then.accept(
                    judge(question.token(), question.holder(), keys.current()).verdict());
        }
    }

    /** The verdict by these keys, or null if they do not have the token's. */
    private @Nullable TokenVerdict said(Question question, @Nullable VerificationKeys known) {
        return judge(question.token(), question.holder(), known) instanceof Judgement.Said said ? said.verdict() : null;
    }

    private Judgement judge(String token, Holder holder, @Nullable VerificationKeys known) {
        if (token.isEmpty()) {
            return refused(TokenVerdict.Reason.MISSING);
        }
        if (token.length() > MAX_TOKEN_LENGTH) {
            return refused(TokenVerdict.Reason.INVALID);
        }
        try {
            JwtClaims before = checked.find(token, known);
            if (before != null) {
                return judge(before, holder);
            }
            JwtContext context = signatures.check(token, known);
            if (!(context.getJoseObjects().get(0) instanceof JsonWebSignature signed)
                    || !isUtf8(signed.getUnverifiedPayloadBytes())) {
                return refused(TokenVerdict.Reason.INVALID);
            }
            checked.add(token, context.getJwtClaims(), known);
            return judge(context.getJwtClaims(), holder);
        } catch (InvalidJwtException e) {
            return SignatureCheck.isOfUnknownKey(e)
                    ? new Judgement.UnknownKey()
                    : refused(e.hasExpired() ? TokenVerdict.Reason.EXPIRED : TokenVerdict.Reason.INVALID);
        } catch (MalformedClaimException | RuntimeException e) {
            // jose4j lets unchecked exceptions of parsers and key providers through; to a client they all mean the
            // same.
            return refused(TokenVerdict.Reason.INVALID);
        }
    }

    private Judgement judge(JwtClaims claims, Holder holder) throws MalformedClaimException {
        Instant expiresAt = instant(claims.getExpirationTime());
        Instant issuedAt = claims.getIssuedAt() == null ? null : instant(claims.getIssuedAt());
        Instant now = clock.instant();
        if (!expiresAt.isAfter(now)) {
            return refused(TokenVerdict.Reason.EXPIRED);
        }
        // One dated ahead would outlive a revocation.
        if (issuedAt != null && issuedAt.isAfter(now.plus(config.skew()))) {
            return refused(TokenVerdict.Reason.INVALID);
        }
        String tenant = tenant(claims);
        if (!(claims.getClaimValue(config.userClaim()) instanceof String name)
                || (config.tenantClaim() != null && tenant == null && !isWithoutTenant(claims, holder))) {
            return refused(TokenVerdict.Reason.INVALID);
        }
        try {
            UserKey user =
                    config.tenantClaim() == null ? UserKey.of(name) : TenantKeys.of(tenant == null ? "" : tenant, name);
            return revocations.covers(user, issuedAt)
                    ? refused(TokenVerdict.Reason.REVOKED)
                    : new Judgement.Said(new TokenVerdict.Verified(
                            user, tenant, issuedAt, expiresAt, scopes(claims.getClaimValue("scope"))));
        } catch (InvalidEventException e) {
            return refused(TokenVerdict.Reason.USER_NOT_ALLOWED);
        }
    }

    /** The tenant that the token names; an empty one or one that is no text is none. */
    private @Nullable String tenant(JwtClaims claims) {
        return config.tenantClaim() != null
                        && claims.getClaimValue(config.tenantClaim()) instanceof String tenant
                        && !tenant.isEmpty()
                ? tenant
                : null;
    }

    /** A service may be of no tenant, if its token says nothing of one; saying it wrongly is no way out of a tenant. */
    private boolean isWithoutTenant(JwtClaims claims, Holder holder) {
        return holder == Holder.SERVICE && !claims.hasClaim(String.valueOf(config.tenantClaim()));
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static Instant instant(NumericDate date) {
        return Instant.ofEpochSecond(Math.max(0, Math.min(date.getValue(), LATEST)));
    }

    private static Set<String> scopes(@Nullable Object scope) {
        return scope instanceof String words ? new HashSet<>(Arrays.asList(words.split(" ", -1))) : Set.of();
    }

    private static Judgement refused(TokenVerdict.Reason reason) {
        return new Judgement.Said(new TokenVerdict.Refused(reason));
    }
}
