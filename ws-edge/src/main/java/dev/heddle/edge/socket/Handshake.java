package dev.heddle.edge.socket;

import dev.heddle.auth.TokenVerdict;
import dev.heddle.auth.TokenVerdict.Verified;
import dev.heddle.auth.TokenVerifier;
import dev.heddle.edge.protocol.Disconnect;
import dev.heddle.edge.protocol.Query;
import dev.heddle.edge.protocol.StreamRequest;
import dev.heddle.role.Readiness;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The judge of requests: who asks, from where, for what. A token in the URL is refused before all else, because
 * whatever else is right, it has already been written into logs along the way. Called on its event loop; waits for
 * nothing.
 */
final class Handshake {

    private final Doors doors;
    private final TokenVerifier verifier;
    private final Readiness readiness;
    private final Loop loop;
    private final Admission admission;

    /** What a request for a stream comes to. */
    sealed interface Verdict {
        record Admit(Verified who, StreamRequest request) implements Verdict {}

        record Deny(Disconnect cause) implements Verdict {}
    }

    /** Where requests may come from, and whom they count for. */
    record Doors(AllowedOrigins origins, ClientAddress addresses) {}

    Handshake(Doors doors, Loop loop, Admission admission) {
        this.doors = doors;
        this.admission = admission;
        this.loop = loop;
        this.verifier = loop.services().clients().verifier();
        this.readiness = loop.services().sight().readiness();
    }

    /**
     * Judges a request for a stream.
     *
     * @param then given the verdict on this loop, when the token has been judged; if its key is unknown, within
     *     {@code http.requestTimeout}
     */
    void judge(HttpServerRequest request, Offer offer, Consumer<Verdict> then) {
        Query query = Query.of(request.query());
        identify(request, query, offer, identity -> then.accept(verdict(query, identity)));
    }

    private static Verdict verdict(Query query, Identity identity) {
        if (identity instanceof Identity.Unknown unknown) {
            return new Verdict.Deny(unknown.cause());
        }
        return StreamRequest.parse(query) instanceof StreamRequest.Parsed.Understood understood
                        && identity instanceof Identity.Known known
                ? new Verdict.Admit(known.who(), understood.request())
                : new Verdict.Deny(Disconnect.BAD_PARAMETER);
    }

    /** Whether a request's sender is known. */
    sealed interface Identity {
        record Known(Verified who) implements Identity {}

        record Unknown(Disconnect cause) implements Identity {}
    }

    /** Finds out who sent a request, by token and origin; {@code then} is called as in {@link #judge}. */
    void identify(HttpServerRequest request, Query query, Offer offer, Consumer<Identity> then) {
        Disconnect fault = fault(request, query, offer);
        if (fault != null) {
            then.accept(new Identity.Unknown(fault));
            return;
        }
        verifier.verify(
                offer.tokens().iterator().next(),
                new TokenVerifier.Caller(address(request), admission.newcomers()),
                verdict -> loop.here(() -> then.accept(identity(verdict))));
    }

    private @Nullable Disconnect fault(HttpServerRequest request, Query query, Offer offer) {
        if (query.hasToken()) {
            return Disconnect.TOKEN_IN_URL;
        }
        if (!readiness.isReady()) {
            return Disconnect.NOT_READY;
        }
        if (!doors.origins()
                .allow(
                        request.headers().getAll("Origin"),
                        request.localAddress().port())) {
            return Disconnect.ORIGIN_NOT_ALLOWED;
        }
        if (offer.tokens().size() != 1) {
            return Disconnect.TOKEN_MISSING;
        }
        // Last: what is refused without looking at a token costs an address nothing that others there need.
        return admission.mayAsk(address(request)) ? null : Disconnect.TOO_MANY_CONNECTS;
    }

    /** The client's address, as it is counted. */
    String address(HttpServerRequest request) {
        return doors.addresses().of(request);
    }

    private static Identity identity(TokenVerdict verdict) {
        return verdict instanceof Verified who
                ? new Identity.Known(who)
                : new Identity.Unknown(cause(((TokenVerdict.Refused) verdict).reason()));
    }

    /** What a refused token is to the client. */
    static Disconnect cause(TokenVerdict.Reason reason) {
        return switch (reason) {
            case MISSING -> Disconnect.TOKEN_MISSING;
            case INVALID -> Disconnect.TOKEN_INVALID;
            case EXPIRED -> Disconnect.TOKEN_EXPIRED;
            case REVOKED -> Disconnect.TOKEN_REVOKED;
            case USER_NOT_ALLOWED -> Disconnect.USER_NOT_ALLOWED;
            case BUSY -> Disconnect.TOO_MANY_CONNECTS;
        };
    }
}
