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
 * The verifier of access tokens (RFC 7519, RFC 8725): signature by a configured key and an allowed algorithm, issuer,
 * audience, expiry (required), not-before, not revoked, and a user key that the log can hold.
 *
 * <p>The skew applies to not-before and issued-at only: a token's end is exact, as a session ends then too.
 *
 * <p>Encrypted tokens are refused. Keys and key addresses inside a token ({@code jku}, {@code x5u}, {@code jwk}) are
 * ignored. Safe for any thread; one verification takes well under a millisecond and blocks on nothing.
 */
public final class TokenVerifier {

    /** The length of the longest token in characters, checked before parsing. */
    static final int MAX_TOKEN_LENGTH = 8192;

    /** The end of the year 9999, in seconds since the epoch; a far later instant would overflow milliseconds. */
    private static final long LATEST = 253_402_300_799L;

    private final AuthConfig config;
    private final SignatureCheck signatures;
    private final KeySource keys;
    private final Revocations revocations;
    private final Clock clock;
    private final SignatureChecks checks;
    private final CheckedTokens checked = new CheckedTokens();

    /** The keys, revocations and clock that a verifier uses. */
    record Knowledge(KeySource keys, Revocations revocations, Clock clock) {}

    /** A verifier with fixed keys and without revocations, which runs on its callers' threads. */
    public TokenVerifier(AuthConfig config, VerificationKeys keys, Clock clock) {
        this(
                config,
                new Knowledge(KeySource.fixed(keys), Revocations.none(), clock),
                SignatureChecks.onCallersThread());
    }

    /**
     * A verifier with changing keys.
     *
     * @param checks the executor of signature checks
     */
    TokenVerifier(AuthConfig config, Knowledge knowledge, SignatureChecks checks) {
        this.config = config;
        this.signatures = new SignatureCheck(config);
        this.keys = knowledge.keys();
        this.revocations = knowledge.revocations();
        this.clock = knowledge.clock();
        this.checks = checks;
    }

    /** The kind of a token's holder. */
    private enum Holder {
        USER,
        SERVICE
    }

    /** A verdict and its finality: newer keys may change that of an unknown key. */
    private sealed interface Evaluation {
        TokenVerdict verdict();

        record Final(TokenVerdict verdict) implements Evaluation {}

        record UnknownKey() implements Evaluation {
            @Override
            public TokenVerdict verdict() {
                return new TokenVerdict.Refused(TokenVerdict.Reason.INVALID);
            }
        }
    }

    /** Verifies a user's token by the present keys. Never throws for a token. */
    public TokenVerdict verify(String token) {
        return evaluate(token, Holder.USER, keys.current()).verdict();
    }

    /** Verifies a service's token, which may have no tenant; see {@link TokenVerdict.Verified#reaches}. */
    public TokenVerdict verifyService(String token) {
        return evaluate(token, Holder.SERVICE, keys.current()).verdict();
    }

    /**
     * The source of a token.
     *
     * @param address the client's address, or the user of a session; see {@link FairCheckQueue}
     * @param limit the bound on waiting tokens if its key is unknown
     */
    public record Caller(Object address, KeyWaitLimit limit) {}

    /**
     * Verifies a user's token without blocking the caller. The check of a signature may take milliseconds, and other
     * checks may come first. A token whose signature was verified lately is answered at once. If its key is unknown,
     * the token waits for a refresh of the keys, and no thread waits with it.
     *
     * @param then given the verdict exactly once, on any thread, also before this returns
     */
    public void verify(String token, Caller caller, Consumer<TokenVerdict> then) {
        begin(new Candidate(token, Holder.USER), caller, then);
    }

    /** The same for a service's token, as of {@link #verifyService(String)}. */
    public void verifyService(String token, Caller caller, Consumer<TokenVerdict> then) {
        begin(new Candidate(token, Holder.SERVICE), caller, then);
    }

    /** A token to be verified. */
    private record Candidate(String token, Holder holder) {
        /** True if the token is not empty and short enough for a check of its signature. */
        boolean isShort() {
            return !token.isEmpty() && token.length() <= MAX_TOKEN_LENGTH;
        }
    }

    private void begin(Candidate candidate, Caller caller, Consumer<TokenVerdict> then) {
        if (candidate.isShort() && checked.find(candidate.token(), keys.current()) == null) {
            checks.submit(
                    new SignatureChecks.Turn(caller.address(), claimedSubject(candidate.token())),
                    () -> evaluate(candidate, caller.limit(), then),
                    () -> then.accept(new TokenVerdict.Refused(TokenVerdict.Reason.BUSY)));
        } else {
            evaluate(candidate, caller.limit(), then);
        }
    }

    /** The unverified subject of a token; empty if it cannot be read. */
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

    private void evaluate(Candidate candidate, KeyWaitLimit limit, Consumer<TokenVerdict> then) {
        VerificationKeys seen = keys.current();
        TokenVerdict verdict = verdictBy(candidate, seen);
        if (verdict != null) {
            then.accept(verdict);
        } else if (!keys.await(new TokenAwaitingKey(limit, seen, now -> verdictBy(candidate, now), then))) {
            then.accept(evaluate(candidate.token(), candidate.holder(), keys.current())
                    .verdict());
        }
    }

    /** The verdict by these keys; null if they do not have the token's key. */
    private @Nullable TokenVerdict verdictBy(Candidate candidate, @Nullable VerificationKeys known) {
        return evaluate(candidate.token(), candidate.holder(), known) instanceof Evaluation.Final last
                ? last.verdict()
                : null;
    }

    private Evaluation evaluate(String token, Holder holder, @Nullable VerificationKeys known) {
        if (token.isEmpty()) {
            return refused(TokenVerdict.Reason.MISSING);
        }
        if (token.length() > MAX_TOKEN_LENGTH) {
            return refused(TokenVerdict.Reason.INVALID);
        }
        try {
            JwtClaims before = checked.find(token, known);
            if (before != null) {
                return evaluate(before, holder);
            }
            JwtContext context = signatures.check(token, known);
            if (!(context.getJoseObjects().get(0) instanceof JsonWebSignature signed)
                    || !isUtf8(signed.getUnverifiedPayloadBytes())) {
                return refused(TokenVerdict.Reason.INVALID);
            }
            checked.add(token, context.getJwtClaims(), known);
            return evaluate(context.getJwtClaims(), holder);
        } catch (InvalidJwtException e) {
            return SignatureCheck.isOfUnknownKey(e)
                    ? new Evaluation.UnknownKey()
                    : refused(e.hasExpired() ? TokenVerdict.Reason.EXPIRED : TokenVerdict.Reason.INVALID);
        } catch (MalformedClaimException | RuntimeException e) {
            // jose4j lets unchecked exceptions of parsers and key providers through; to a client they all mean the
            // same.
            return refused(TokenVerdict.Reason.INVALID);
        }
    }

    private Evaluation evaluate(JwtClaims claims, Holder holder) throws MalformedClaimException {
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
                    : new Evaluation.Final(new TokenVerdict.Verified(
                            user, tenant, issuedAt, expiresAt, scopes(claims.getClaimValue("scope"))));
        } catch (InvalidEventException e) {
            return refused(TokenVerdict.Reason.USER_NOT_ALLOWED);
        }
    }

    /** The tenant that the token names; null if it is missing, empty or no text. */
    private @Nullable String tenant(JwtClaims claims) {
        return config.tenantClaim() != null
                        && claims.getClaimValue(config.tenantClaim()) instanceof String tenant
                        && !tenant.isEmpty()
                ? tenant
                : null;
    }

    /**
     * True for a service whose token has no tenant claim at all; a service with an invalid claim is not without tenant.
     */
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

    private static Evaluation refused(TokenVerdict.Reason reason) {
        return new Evaluation.Final(new TokenVerdict.Refused(reason));
    }
}
