package dev.heddle.ingest;

import dev.heddle.auth.KeyWaitLimit;
import dev.heddle.auth.TokenVerdict;
import dev.heddle.auth.TokenVerifier;
import dev.heddle.event.UserKey;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The authorization of senders: a service token with the scope {@value #SCOPE} may append for its tenant's users. Safe
 * on any thread.
 */
final class SenderAuthorization {

    static final String SCOPE = "events:write";
    private static final String BEARER = "Bearer ";

    /** The most tokens that wait for a key that is not known yet. */
    private static final int MAX_WAITING = 1_000;

    private final TokenVerifier verifier;
    private final KeyWaitLimit room;

    /** @param patience how long a request may wait for its token's key */
    SenderAuthorization(TokenVerifier verifier, Duration patience) {
        this.verifier = verifier;
        this.room = new KeyWaitLimit(MAX_WAITING, patience);
    }

    /** The verdict on a request's token. */
    sealed interface Verdict {
        /** The request may append, and counts for this sender: the token's subject. */
        record Admit(UserKey sender) implements Verdict {}

        /** The request may not append. */
        record Deny(IngestResponse.Refused why) implements Verdict {}

        private static Deny deny(IngestResponse.Reason reason, String message) {
            return new Deny(IngestResponse.Refused.of(reason, message));
        }
    }

    /**
     * Judges one request.
     *
     * @param authorizations the request's {@code Authorization} headers
     * @param user whom it wants to append for
     * @param address where the request came from: checks of signatures are fair among addresses, and among the senders
     *     of one
     * @param then given the verdict; on any thread
     */
    void judge(List<String> authorizations, UserKey user, Object address, Consumer<Verdict> then) {
        if (authorizations.size() != 1 || !authorizations.get(0).regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            then.accept(Verdict.deny(
                    IngestResponse.Reason.UNAUTHENTICATED, "a request needs one Authorization: Bearer token"));
            return;
        }
        verifier.verifyService(
                authorizations.get(0).substring(BEARER.length()).strip(),
                new TokenVerifier.Caller(address, room),
                verdict -> then.accept(judge(verdict, user)));
    }

    private static Verdict judge(TokenVerdict verdict, UserKey user) {
        if (verdict instanceof TokenVerdict.Refused refused && refused.reason() == TokenVerdict.Reason.BUSY) {
            return Verdict.deny(
                    IngestResponse.Reason.BUSY, "too many tokens wait to be judged: send the batch again later");
        }
        if (!(verdict instanceof TokenVerdict.Verified verified)) {
            return Verdict.deny(IngestResponse.Reason.UNAUTHENTICATED, "the token is not accepted");
        }
        if (!verified.scopes().contains(SCOPE)) {
            return Verdict.deny(IngestResponse.Reason.FORBIDDEN, "the token's scope has no " + SCOPE);
        }
        if (!verified.reaches(user)) {
            return Verdict.deny(IngestResponse.Reason.FORBIDDEN, "the token is another tenant's than the user");
        }
        return new Verdict.Admit(verified.user());
    }
}
