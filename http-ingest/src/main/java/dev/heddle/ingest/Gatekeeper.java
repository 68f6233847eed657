package dev.heddle.ingest;

import dev.heddle.auth.TokenVerdict;
import dev.heddle.auth.TokenVerifier;
import dev.heddle.auth.WaitingRoom;
import dev.heddle.event.UserKey;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who may append for whom: a service token with the scope {@value #SCOPE}, for its tenant's users. Safe on any thread. */
final class Gatekeeper {

    static final String SCOPE = "events:write";
    private static final String BEARER = "Bearer ";

    /** Tokens that may wait for a key that is not known yet. */
    private static final int MAX_WAITING = 1_000;

    private final TokenVerifier verifier;
    private final WaitingRoom room;

    /** @param patience how long a request may wait for its token's key */
    Gatekeeper(TokenVerifier verifier, Duration patience) {
        this.verifier = verifier;
        this.room = new WaitingRoom(MAX_WAITING, patience);
    }

    /**
     * Judges one request.
     *
     * @param authorizations the request's {@code Authorization} headers
     * @param then given null if it may append for this user; on another thread
     */
    void judge(List<String> authorizations, UserKey user, Consumer<Answer.@Nullable Refused> then) {
        if (authorizations.size() != 1 || !authorizations.get(0).regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            then.accept(Answer.Refused.of(
                    Answer.Reason.UNAUTHENTICATED, "a request needs one Authorization: Bearer token"));
            return;
        }
        verifier.verifyService(
                authorizations.get(0).substring(BEARER.length()).strip(),
                room,
                verdict -> then.accept(judge(verdict, user)));
    }

    private static Answer.@Nullable Refused judge(TokenVerdict verdict, UserKey user) {
        if (!(verdict instanceof TokenVerdict.Verified verified)) {
            return Answer.Refused.of(Answer.Reason.UNAUTHENTICATED, "the token is not accepted");
        }
        if (!verified.scopes().contains(SCOPE)) {
            return Answer.Refused.of(Answer.Reason.FORBIDDEN, "the token's scope has no " + SCOPE);
        }
        if (!verified.reaches(user)) {
            return Answer.Refused.of(Answer.Reason.FORBIDDEN, "the token is another tenant's than the user");
        }
        return null;
    }
}
