package dev.heddle.ingest;

import dev.heddle.auth.TokenVerdict;
import dev.heddle.auth.TokenVerifier;
import dev.heddle.event.UserKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who may append for whom: a service token with the scope {@value #SCOPE}, for its tenant's users. Safe on any thread. */
final class Gatekeeper {

    static final String SCOPE = "events:write";
    private static final String BEARER = "Bearer ";

    private final TokenVerifier verifier;

    Gatekeeper(TokenVerifier verifier) {
        this.verifier = verifier;
    }

    /**
     * Judges one request.
     *
     * @param authorizations the request's {@code Authorization} headers
     * @return null if it may append for this user
     */
    Answer.@Nullable Refused judge(List<String> authorizations, UserKey user) {
        if (authorizations.size() != 1 || !authorizations.get(0).regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return Answer.Refused.of(Answer.Reason.UNAUTHENTICATED, "a request needs one Authorization: Bearer token");
        }
        TokenVerdict verdict = verifier.verifyService(
                authorizations.get(0).substring(BEARER.length()).strip());
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
