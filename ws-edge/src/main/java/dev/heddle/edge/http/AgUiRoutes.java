package dev.heddle.edge.http;

import dev.heddle.edge.hub.Resume;
import dev.heddle.edge.hub.RunQuery;
import dev.heddle.edge.hub.RunSearchResult;
import dev.heddle.edge.hub.Start;
import dev.heddle.edge.hub.StartRequest;
import dev.heddle.edge.hub.Subscription;
import dev.heddle.edge.protocol.ClientFrame;
import dev.heddle.edge.protocol.Protocol;
import dev.heddle.edge.socket.Exchange;
import dev.heddle.edge.socket.FrontDoor;
import dev.heddle.edge.socket.Refusal;
import dev.heddle.event.Cursor;
import dev.heddle.event.EventIds;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.Position;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * AG-UI over HTTP ({@code docs/protocol.md}): a run is started or attached to, and told until its terminal event. One
 * for each event loop.
 */
public final class AgUiRoutes {

    private static final Refusal NOT_THERE = new Refusal(404, "not_found", "there is nothing at this path");
    private static final Refusal NO_SUCH_METHOD =
            new Refusal(405, "method_not_allowed", "this path has no such method");
    private static final Refusal NO_SUCH_RUN =
            new Refusal(404, "unknown_run", "this user has no such run of this agent");

    /** The offset that asks for a run from its beginning. */
    private static final String FROM_BEGINNING = "-1";

    private final FrontDoor door;

    public AgUiRoutes(FrontDoor door) {
        this.door = door;
    }

    /** Adds the routes. */
    public void mount(Router router) {
        router.route(AgUiPath.PREFIX + "*").handler(routed -> handle(routed.request()));
    }

    private void handle(HttpServerRequest request) {
        door.open(request, Protocol.AGUI, exchange -> {
            AgUiPath path = AgUiPath.of(request.path());
            if (path == null || request.headers().contains("Upgrade", "websocket", true)) {
                exchange.refuse(NOT_THERE);
                return;
            }
            switch (request.method().name()) {
                case "POST" -> post(exchange, path);
                case "GET" -> get(exchange, path);
                case "DELETE" -> delete(exchange, path);
                default -> exchange.refuse(NO_SUCH_METHOD);
            }
        });
    }

    // ---- POST: start or attach

    private void post(Exchange exchange, AgUiPath path) {
        if (path.runId() != null) {
            exchange.refuse(NO_SUCH_METHOD);
            return;
        }
        door.body(exchange, body -> {
            AgUiInput input;
            try {
                input = AgUiInput.parse(body);
            } catch (InvalidEventException e) {
                exchange.refuse(Refusal.invalid(String.valueOf(e.getMessage())));
                return;
            }
            run(exchange, path.agentId(), input);
        });
    }

    private void run(Exchange exchange, String agentId, AgUiInput input) {
        String commandId = input.commandId(agentId);
        String after = lastEventId(exchange);
        Subscription events = Subscription.ofRun(input.threadId(), input.runId());
        // The end of the log is asked for before the command is appended: all of a new run comes after it.
        exchange.begin(events, from(after), start -> {
            RunQuery query = new RunQuery(input.runId(), commandId, input.threadId(), input.answered());
            exchange.lookUp(start, query, found -> {
                AgUiAnswer.Address address = new AgUiAnswer.Address(input.threadId(), input.runId(), commandId);
                RunSearchResult.Found run = found.run();
                if (run != null) {
                    if (!run.threadId().equals(input.threadId()) || !isOf(agentId, run)) {
                        exchange.refuse(new Refusal(
                                409, "run_conflict", "this run id belongs to another thread or another agent"));
                    } else {
                        attach(exchange, new Attached(address, input.dialect(), run, start, after));
                    }
                    return;
                }
                Refusal refusal = refusal(agentId, input, found);
                if (refusal != null) {
                    exchange.refuse(refusal);
                } else if (exchange.takePlace()) {
                    start(exchange, agentId, input, start.at(endOf(start)), found.refusal());
                }
            });
        });
    }

    /** @param refused the code with which the run's command was refused earlier; null if it was not */
    private static void start(Exchange exchange, String agentId, AgUiInput input, Start end, @Nullable String refused) {
        AgUiAnswer.Address address = new AgUiAnswer.Address(input.threadId(), input.runId(), input.commandId(agentId));
        AgUiAnswer answer = new AgUiAnswer(address, input.dialect(), AgUiFraming.SSE, AgUiAnswer.Extent.WHOLE);
        if (refused == null) {
            exchange.command(input.command(agentId), accepted -> deliver(exchange, address, end, answer));
        } else {
            deliver(exchange, address, end, answer.refusedWith(refused));
        }
    }

    /** The refusal of answers to interrupts that no open question asks for; null if there is none. */
    private static @Nullable Refusal refusal(String agentId, AgUiInput input, RunSearchResult found) {
        Set<String> unasked = new TreeSet<>(input.answered());
        unasked.removeAll(found.open().keySet());
        if (unasked.isEmpty()) {
            boolean ofOthers = found.open().values().stream().anyMatch(of -> !of.isEmpty() && !of.equals(agentId));
            return ofOthers ? new Refusal(409, "run_conflict", "an interrupt was asked by another agent") : null;
        }
        return found.settled().containsAll(unasked)
                ? new Refusal(409, "already_resolved", "an interrupt has been answered already")
                : new Refusal(409, "nothing_to_resume", "an interrupt is not known in this thread");
    }

    // ---- GET: attach

    private void get(Exchange exchange, AgUiPath path) {
        String runId = path.runId() != null ? path.runId() : exchange.parameter("runId");
        if (runId == null && exchange.parameter("threadId") != null) {
            exchange.refuse(NOT_THERE); // hydration does not exist yet
            return;
        }
        if (runId == null || runId.isEmpty()) {
            exchange.refuse(Refusal.invalid("runId is required"));
            return;
        }
        String after = lastEventId(exchange);
        Dialect dialect = Dialect.of(exchange.parameter("protocolVersion"));
        exchange.begin(
                Subscription.ALL,
                from(after),
                start -> exchange.lookUp(start, RunQuery.of(runId), found -> {
                    RunSearchResult.Found run = found.run();
                    if (run == null || !isOf(path.agentId(), run)) {
                        exchange.refuse(NO_SUCH_RUN);
                        return;
                    }
                    Start ofRun = start.of(Subscription.ofRun(run.threadId(), runId));
                    AgUiAnswer.Address address = new AgUiAnswer.Address(run.threadId(), runId, null);
                    attach(exchange, new Attached(address, dialect, run, ofRun, after));
                }));
    }

    /** @param after the client's cursor; null if it wants all of the run */
    private record Attached(
            AgUiAnswer.Address address,
            Dialect dialect,
            RunSearchResult.Found run,
            Start start,
            @Nullable String after) {}

    private static void attach(Exchange exchange, Attached to) {
        if (!exchange.takePlace()) {
            return;
        }
        boolean continues = to.after() != null && to.start().resume() instanceof Resume.Resumed;
        AgUiAnswer answer = new AgUiAnswer(
                to.address(),
                to.dialect(),
                AgUiFraming.SSE,
                continues && isAfter(to.start().cursor(), to.run().start())
                        ? AgUiAnswer.Extent.CONTINUED
                        : AgUiAnswer.Extent.WHOLE);
        Cursor end = to.run().end();
        if (continues && end != null && !isAfter(end, to.start().cursor())) {
            answer.completed();
        }
        deliver(
                exchange,
                to.address(),
                continues ? to.start() : to.start().at(to.run().start()),
                answer);
    }

    private static boolean isAfter(Cursor one, Cursor other) {
        return one.position().offset() > other.position().offset();
    }

    // ---- DELETE: cancel

    private void delete(Exchange exchange, AgUiPath path) {
        String runId = path.runId();
        if (runId == null) {
            exchange.refuse(NO_SUCH_METHOD);
            return;
        }
        exchange.begin(
                Subscription.ALL,
                new StartRequest.Latest(),
                start -> exchange.lookUp(start, RunQuery.of(runId), found -> {
                    RunSearchResult.Found run = found.run();
                    // A run that waits for its turn has no event that names its thread.
                    String threadId = run == null ? exchange.parameter("threadId") : run.threadId();
                    if (threadId == null || (run != null && !isOf(path.agentId(), run))) {
                        exchange.refuse(NO_SUCH_RUN);
                    } else if (run != null && run.end() != null) {
                        cancelled(exchange, runId);
                    } else {
                        exchange.command(
                                new ClientFrame.Command(
                                        EventIds.next(),
                                        Json.object()
                                                .put("command", "run.cancel")
                                                .put("threadId", threadId)
                                                .put("runId", runId)),
                                accepted -> cancelled(exchange, runId));
                    }
                }));
    }

    private static void cancelled(Exchange exchange, String runId) {
        exchange.json(202, Json.object().put("runId", runId).toString().getBytes(StandardCharsets.UTF_8));
    }

    // ---- shared

    private static boolean isOf(String agentId, RunSearchResult.Found run) {
        return run.agentId() == null || run.agentId().equals(agentId);
    }

    /** The cursor that the client has; null for none. */
    private static @Nullable String lastEventId(Exchange exchange) {
        String header = exchange.request().getHeader("Last-Event-ID");
        String given = header == null || header.isEmpty() ? exchange.parameter("offset") : header;
        return given == null || given.isEmpty() || given.equals(FROM_BEGINNING) ? null : given;
    }

    private static StartRequest from(@Nullable String after) {
        return after == null ? new StartRequest.Latest() : new StartRequest.AtCursor(after);
    }

    private static Cursor endOf(Start start) {
        return start.cursor()
                .withFlags(0)
                .at(new Position(start.extent().end(), start.extent().leaderEpoch()));
    }

    private static void deliver(Exchange exchange, AgUiAnswer.Address run, Start start, AgUiAnswer answer) {
        exchange.header("Content-Type", AgUiFraming.SSE.contentType());
        exchange.header("Cache-Control", "no-store");
        exchange.header("X-Accel-Buffering", "no");
        exchange.header(
                "X-Run-Id",
                URLEncoder.encode(run.runId(), StandardCharsets.UTF_8).replace("+", "%20"));
        exchange.deliver(start, answer);
    }
}
