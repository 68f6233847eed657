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
 * The check of a request before it is served: origin, token, parameters. A token in the URL is refused first of all,
 * because proxies have already written it into their logs. Called on its event loop; waits for nothing.
 */
final class Handshake {

    private final AllowedOrigins origins;
    private final ClientAddress addresses;
    private final TokenVerifier verifier;
    private final Readiness readiness;
    private final LoopExecutor loop;
    private final Admission admission;

    /** The result of a request for a stream. */
    sealed interface Verdict {
        record Admit(Verified who, StreamRequest request) implements Verdict {}

        record Deny(Disconnect cause) implements Verdict {}
    }

    Handshake(AllowedOrigins origins, ConnectionContext context) {
        this.origins = origins;
        this.addresses = context.addresses();
        this.admission = context.admission();
        this.loop = context.loop();
        this.verifier = context.services().clients().verifier();
        this.readiness = context.services().operations().readiness();
    }

    /**
     * Checks a request for a stream.
     *
     * @param then given the verdict on this loop, when the token has been verified; if its key is unknown, within
     *     {@code http.requestTimeout}
     */
    void check(HttpServerRequest request, OfferedSubprotocols offer, Consumer<Verdict> then) {
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

    /** The sender of a request, or the cause of a refusal. */
    sealed interface Identity {
        record Known(Verified who) implements Identity {}

        record Unknown(Disconnect cause) implements Identity {}
    }

    /** Identifies the sender of a request by token and origin; {@code then} is called as in {@link #check}. */
    void identify(HttpServerRequest request, Query query, OfferedSubprotocols offer, Consumer<Identity> then) {
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

    private @Nullable Disconnect fault(HttpServerRequest request, Query query, OfferedSubprotocols offer) {
        if (query.hasToken()) {
            return Disconnect.TOKEN_IN_URL;
        }
        if (!readiness.isReady()) {
            return Disconnect.NOT_READY;
        }
        if (!origins.allow(
                request.headers().getAll("Origin"), request.localAddress().port())) {
            return Disconnect.ORIGIN_NOT_ALLOWED;
        }
        if (offer.tokens().size() != 1) {
            return Disconnect.TOKEN_MISSING;
        }
        // Last: a refusal without a look at the token does not count for the address, which others may share.
        return admission.mayAsk(address(request)) ? null : Disconnect.TOO_MANY_CONNECTS;
    }

    /** The client's address, by which requests and connections are counted. */
    String address(HttpServerRequest request) {
        return addresses.of(request);
    }

    private static Identity identity(TokenVerdict verdict) {
        return verdict instanceof Verified who
                ? new Identity.Known(who)
                : new Identity.Unknown(cause(((TokenVerdict.Refused) verdict).reason()));
    }

    /** The close cause of a refused token. */
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
