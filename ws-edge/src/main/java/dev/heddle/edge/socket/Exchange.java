package dev.heddle.edge.socket;

import dev.heddle.auth.TokenVerdict.Verified;
import dev.heddle.edge.hub.RunQuery;
import dev.heddle.edge.hub.RunSearchResult;
import dev.heddle.edge.hub.Start;
import dev.heddle.edge.hub.StartRequest;
import dev.heddle.edge.hub.Subscription;
import dev.heddle.edge.protocol.ClientFrame;
import dev.heddle.edge.protocol.Disconnect;
import dev.heddle.edge.protocol.Protocol;
import dev.heddle.edge.protocol.Query;
import dev.heddle.edge.protocol.RejectCode;
import dev.heddle.edge.protocol.ServerFrame;
import dev.heddle.event.UserKey;
import dev.heddle.port.GuardedConnection;
import dev.heddle.trace.TraceParent;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request of an identified user, until it is answered: by a refusal, by JSON, or by a response that delivers
 * events. Each step that waits goes on on the request's event loop; a step that throws ends in 500. Owned by that loop.
 */
public final class Exchange {

    private static final Logger log = LoggerFactory.getLogger(Exchange.class);

    /** The refusal of a body that does not come in time. */
    static final Refusal TOO_SLOW = new Refusal(408, "too_slow", "the body did not come in time");

    private final ConnectionContext context;
    private final Protocol protocol;
    private final HttpServerRequest request;
    private final Query query;
    private final Verified who;
    private Runnable release = () -> {};
    private boolean readsBody;
    private TimingWheel.@Nullable Timer deadline;

    Exchange(ConnectionContext context, Protocol protocol, HttpServerRequest request, Query query, Verified who) {
        this.context = context;
        this.protocol = protocol;
        this.request = request;
        this.query = query;
        this.who = who;
    }

    /** The request. */
    public HttpServerRequest request() {
        return request;
    }

    /** The user, from the verified token. */
    public UserKey user() {
        return who.user();
    }

    /** The first value of a query parameter; null if there is none. */
    public @Nullable String parameter(String name) {
        for (Query.Parameter parameter : query.parameters()) {
            if (name.equals(parameter.name())) {
                return parameter.value();
            }
        }
        return null;
    }

    /** Runs a step of this exchange. */
    void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).log("A request failed");
            refuse(new Refusal(500, "internal", "internal error"));
        }
    }

    /** Refuses the request because Kafka is away. */
    void refuseAsAway() {
        if (!request.response().ended() && !request.response().closed()) {
            context.metrics().refused(protocol, Disconnect.LOG_AWAY);
            refuse(Refusal.of(Disconnect.LOG_AWAY));
        }
    }

    /** Starts the timer for the answer: the client gets one before the guard cuts the connection. */
    void answerInTime() {
        long within = context.config().http().requestTimeout().toMillis() * 9 / 10;
        deadline = context.loop().timers().after(within, () -> {
            if (readsBody) {
                refuse(TOO_SLOW);
            } else {
                refuseAsAway();
            }
        });
    }

    private void answered() {
        TimingWheel.Timer timer = deadline;
        if (timer != null) {
            timer.cancel();
        }
        release.run();
    }

    private void onLoop(Runnable step) {
        context.loop().later(() -> guarded(step));
    }

    private <T> void await(CompletionStage<T> asked, Consumer<T> then) {
        asked.whenComplete((found, failure) -> onLoop(() -> {
            if (found != null) {
                then.accept(found);
            } else {
                log.atWarn().addKeyValue("error", String.valueOf(failure)).log("The log could not be asked");
                refuseAsAway();
            }
        }));
    }

    /** Asks the log where a session of this user begins; refuses with 503 if it is away. */
    public void begin(Subscription subscription, StartRequest from, Consumer<Start> then) {
        await(context.services().hub().begin(user(), subscription, from), then);
    }

    /** Looks a run of this user up, before the end of the log at a start; refuses with 503 if the log is away. */
    public void lookUp(Start start, RunQuery wanted, Consumer<RunSearchResult> then) {
        await(context.services().hub().lookUp(start, wanted), then);
    }

    /** Hands a command to the command desk; one that is not taken is refused. */
    public void command(ClientFrame.Command command, Consumer<ServerFrame.Accepted> then) {
        if (!context.admission().mayCommand(user())) {
            refuse(RejectCode.RATE_LIMITED, "too many commands in this time");
            return;
        }
        long asked = System.nanoTime();
        byte[] trace = TraceParent.bytes(TraceParent.text(TraceParent.bytes(request.getHeader(TraceParent.HEADER))));
        context.services()
                .commands()
                .desk()
                .submit(
                        user(),
                        command,
                        trace,
                        answer -> onLoop(() -> {
                            if (answer instanceof ServerFrame.Accepted accepted) {
                                context.metrics().accepted(Duration.ofNanos(System.nanoTime() - asked));
                                then.accept(accepted);
                            } else if (answer instanceof ServerFrame.Rejected rejected) {
                                refuse(rejected.code(), rejected.message());
                            }
                        }));
    }

    private void refuse(RejectCode code, String message) {
        context.metrics().rejected(code);
        refuse(Refusal.of(code, message));
    }

    /**
     * Takes a place among the connections of the edge and of the client's address; refuses with 429 if there is none.
     */
    public boolean takePlace() {
        boolean taken =
                context.admission().enter(context.clientAddress(request), GuardedConnection.of(request.connection()));
        if (!taken) {
            context.metrics().refused(protocol, Disconnect.TOO_MANY_CONNECTIONS);
            refuse(Refusal.of(Disconnect.TOO_MANY_CONNECTIONS));
        }
        return taken;
    }

    /**
     * The body is being read.
     *
     * @param giveBack gives back its memory, once the request is answered
     */
    void readsBody(Runnable giveBack) {
        readsBody = true;
        release = giveBack;
    }

    /** The body has been read. */
    void hasBody() {
        readsBody = false;
    }

    /** Refuses the request. The connection ends with it. */
    public void refuse(Refusal refusal) {
        answered();
        HttpAnswer.refuse(request, refusal);
    }

    /** Answers with a JSON body. */
    public void json(int status, byte[] body) {
        answered();
        if (!request.response().ended() && !request.response().closed()) {
            request.response().setStatusCode(status);
            HttpAnswer.json(request.response(), body);
        }
    }

    /** Adds a header to the answer. */
    public void header(String name, String value) {
        request.response().putHeader(name, value);
    }

    /**
     * Answers with status 200 and a body that delivers the user's events, after {@link #takePlace()}.
     *
     * @param start the place and the choice of events
     */
    public void deliver(Start start, AnswerBody body) {
        answered();
        if (request.response().ended() || request.response().closed()) {
            return;
        }
        GuardedConnection owner = GuardedConnection.of(request.connection());
        owner.admit();
        ResponseConnection connection = new ResponseConnection(context, protocol, who, request, body);
        // Not this exchange: its request would be kept for as long as the response lasts.
        Admission admission = context.admission();
        UserKey user = user();
        owner.whenClosed(() -> admission.quit(user, connection));
        Admission.Member oldest = admission.join(user, connection);
        if (oldest != null) {
            oldest.replaced();
        }
        try {
            connection.open(start);
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).log("A response could not be opened");
            connection.close(Disconnect.INTERNAL_ERROR);
        }
    }
}
