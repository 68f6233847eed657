package dev.heddle.agents;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.AgUiEvents;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventIds;
import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.RunGrammar;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Publishes events that a person or a script wrote, one JSON object a line, for one user. Each event continues the
 * numbers of its run, if the run's events in the log were {@linkplain #known added} before. Not thread-safe.
 */
public final class EventLines {

    private static final int UNACKNOWLEDGED = 1_000;

    /** The strictness with which the order of a run's events is checked. */
    public enum Order {
        LENIENT,
        STRICT
    }

    /**
     * The thread, run and agent of the events. An absent id is that of the first RUN_STARTED, or is made up.
     *
     * @param agentId absent for events that come from no agent
     */
    public record Place(
            @Nullable String threadId,
            @Nullable String runId,
            @Nullable String agentId) {}

    /** The result of publishing: the number of events, and the place of the last one. */
    public record Published(
            int events,
            String threadId,
            String runId,
            @Nullable LogPlace last) {}

    /** One run in the log, and the events that continue it. */
    private static final class Run {
        private final String threadId;
        private final ChunkExpander chunks = new ChunkExpander();
        private final RunGrammar grammar = new RunGrammar();
        private long nextSeq;
        private int attempt;
        private @Nullable String agentId;

        private Run(String threadId) {
            this.threadId = threadId;
        }
    }

    private final Publisher publisher;
    private final UserKey user;
    private final Place place;
    private final Order order;
    private final Map<String, Run> runs = new HashMap<>();
    private final Deque<CompletableFuture<LogPlace>> unacknowledged = new ArrayDeque<>();
    private String threadId;
    private String runId;
    private @Nullable LogPlace last;
    private int published;

    public EventLines(Publisher publisher, UserKey user, Place place, Order order) {
        this.publisher = publisher;
        this.user = user;
        this.place = place;
        this.order = order;
        this.threadId = place.threadId() == null ? EventIds.next() : place.threadId();
        this.runId = place.runId() == null ? EventIds.next() : place.runId();
    }

    /** Adds an event that the log holds; an event of another user is ignored. */
    public void known(UserKey owner, EventItem item) {
        String run = item.runId();
        if (owner.equals(user) && run != null) {
            readBack(runs.computeIfAbsent(run, id -> new Run(item.threadId())), item);
        }
    }

    private void readBack(Run run, EventItem item) {
        run.nextSeq = Math.max(run.nextSeq, item.runSeq() + 1);
        run.attempt = Math.max(run.attempt, item.attempt());
        run.agentId = item.agentId();
        if (order == Order.STRICT && (place.runId() == null || place.runId().equals(item.runId()))) {
            run.grammar.accept(Json.parseObject(item.eventJson()));
        }
    }

    /**
     * Publishes every line and waits for Kafka. Empty lines are left out.
     *
     * @throws InvalidEventException naming the line and its fault; the lines before it are published
     * @throws PublishFailedException if Kafka has not acknowledged an event
     */
    public Published publish(BufferedReader lines) throws IOException {
        Run known = runs.get(runId);
        if (known != null && place.threadId() == null) {
            threadId = known.threadId;
        }
        try {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    publishLine(number, line);
                }
            }
            for (Map.Entry<String, Run> run : Map.copyOf(runs).entrySet()) {
                runId = run.getKey();
                for (ObjectNode end : run.getValue().chunks.close()) {
                    append(run.getValue(), end);
                }
            }
        } finally {
            acknowledge(0);
        }
        return new Published(published, threadId, runId, last);
    }

    private void publishLine(int number, String line) {
        try {
            ObjectNode event = Json.parseObject(line);
            if (!event.has("timestamp")) {
                event.put("timestamp", publisher.clock().millis());
            }
            AgUiEvents.validate(event);
            if (event.path("type").asText().equals("RUN_STARTED")) {
                threadId = place.threadId() == null ? event.path("threadId").asText() : threadId;
                runId = place.runId() == null ? event.path("runId").asText() : runId;
            }
            Run run = runs.computeIfAbsent(runId, id -> new Run(threadId));
            List<ObjectNode> expanded = run.chunks.expand(event);
            for (ObjectNode each : expanded) {
                append(run, each);
            }
        } catch (InvalidEventException e) {
            throw new InvalidEventException("line " + number + ": " + e.getMessage(), e);
        }
    }

    private void append(Run run, ObjectNode event) {
        if (!event.has("timestamp")) {
            event.put("timestamp", publisher.clock().millis());
        }
        if (order == Order.STRICT) {
            run.grammar.accept(event);
        }
        String agentId = place.agentId() == null ? run.agentId : place.agentId();
        RunPlace at = new RunPlace(runId, run.nextSeq, run.attempt);
        Envelope envelope = new Envelope(EventIds.next(), user, threadId, agentId, at);
        unacknowledged.add(publisher.publish(new AgentEvent(envelope, event)).toCompletableFuture());
        run.nextSeq++;
        acknowledge(UNACKNOWLEDGED);
    }

    private void acknowledge(int most) {
        while (unacknowledged.size() > most) {
            try {
                last = unacknowledged.remove().join();
                published++;
            } catch (CompletionException e) {
                throw PublishFailedException.from(e.getCause() == null ? e : e.getCause());
            }
        }
    }

    /** The number of events that Kafka has acknowledged so far. */
    public int published() {
        return published;
    }
}
