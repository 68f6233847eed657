package dev.heddle.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.EventIds;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.RunGrammar;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The only way to append for one run. It numbers the events 0, 1, 2, …, stamps what the caller left out, expands
 * {@code *_CHUNK} events (they are never stored), and refuses what AG-UI 1.0 forbids, so that every client accepts the
 * stream.
 *
 * <pre>{@code
 * try (Publisher publisher = Publisher.open(kafka, PublisherSettings.defaults());
 *         RunEmitter run = publisher.run(RunAddress.newRun(user, "thread-1", "my-agent"))) {
 *     run.text("Hello.");
 *     run.finish();
 * }
 * }</pre>
 *
 * <p>RUN_STARTED comes by itself before the first event. A run that is closed without an end ends in RUN_ERROR: success
 * has to be said.
 *
 * <p><b>Threads.</b> Any thread may call any method. Each call is one step: what it appends stands together, and the
 * order of the calls is the order in the log. Whoever needs an order between two threads has to make it.
 *
 * <p><b>Back-pressure.</b> A call that finds {@code runEvents} or {@code runBytes} of this run unacknowledged waits
 * until half of that is left, and any waits while the publisher's buffer is full. It does not wait for its own
 * acknowledgement: {@link #flush} does.
 *
 * <p><b>Failure.</b> A refused event ({@link InvalidEventException}) gets no number and changes nothing. An append that
 * Kafka does not acknowledge fails the emitter for good: every later call throws that {@link PublishFailedException},
 * because a later event would leave a gap.
 */
public final class RunEmitter implements AutoCloseable {

    private static final String BROKEN_OFF = "The run ended before its work was done.";

    private final Publisher publisher;
    private final RunAddress address;
    private final RunAppender log;
    private final Unacknowledged unacknowledged;
    private final RunGrammar grammar;
    private final ReentrantLock appending = new ReentrantLock();
    private final ChunkExpander chunks = new ChunkExpander();
    private final UsageLedger usage = new UsageLedger();
    private boolean abandoned;
    private boolean refused;

    RunEmitter(Publisher publisher, RunAddress address, int attempt) {
        this.publisher = publisher;
        this.address = address;
        this.log = new RunAppender(publisher, address, attempt);
        this.unacknowledged = log.unacknowledged();
        this.grammar = log.grammar();
    }

    /** The emitter of a run that another process began: it goes on where the log ends. */
    static RunEmitter after(RecordedRun recorded, Publisher publisher, RunAddress address) {
        RunEmitter emitter = new RunEmitter(publisher, address, recorded.attempt() + 1);
        emitter.log.restore(recorded);
        return emitter;
    }

    public RunAddress address() {
        return address;
    }

    /** Has the events from now on belong to the trace of this {@code traceparent} header (W3C); null for none. */
    public RunEmitter traced(@Nullable String traceparent) {
        appending.lock();
        try {
            log.traced(traceparent);
        } finally {
            appending.unlock();
        }
        return this;
    }

    /** Which attempt of the run this is: 0 at first. */
    public int attempt() {
        return log.attempt();
    }

    /**
     * Begins the run with RUN_STARTED that carries its input, so that the user's own words are in the log.
     *
     * @throws InvalidEventException if the input is not what AG-UI allows; the run has then not begun
     */
    public void start(RunInput input) {
        emit(AgUi.runStarted(address, input));
    }

    /**
     * Appends any AG-UI event. The object is read before the call returns and not kept.
     *
     * @throws InvalidEventException if the event breaks AG-UI's rules or is too large
     * @throws RunEndedException if the run is over
     * @throws PublishFailedException if an earlier append has failed
     */
    public void emit(ObjectNode event) {
        step(() -> take(event));
    }

    Deltas deltas(String type, String idField, String id) {
        return log.deltas(type, idField, id);
    }

    /** Appends the next piece of a text; the same rules as for {@link #emit(ObjectNode)}. */
    void emit(Deltas deltas, String text) {
        step(() -> {
            if (chunks.areOpen() || !log.append(deltas, text)) {
                take(deltas.event(text));
            }
        });
    }

    private void take(ObjectNode event) {
        address.check(event);
        begin(event);
        for (ObjectNode each : chunks.expand(event)) {
            append(each);
        }
        if (grammar.isOver()) {
            unacknowledged.close();
        }
    }

    private void step(Runnable append) {
        try {
            unacknowledged.awaitRoom();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RunEndedException.stopped();
        }
        appending.lock();
        try {
            checkOpen();
            append.run();
        } catch (InvalidEventException e) {
            refused = true;
            throw e;
        } finally {
            appending.unlock();
        }
    }

    /** Appends a whole message of the assistant's. */
    public void text(String text) {
        try (TextStream message = message()) {
            message.write(text);
        }
    }

    /** Appends a whole message of the assistant's under an id that the caller has chosen. */
    public void text(String messageId, String text) {
        try (TextStream message = TextStream.message(this, messageId)) {
            message.write(text);
        }
    }

    /** Begins a message of the assistant's, to be written piece by piece. */
    public TextStream message() {
        return TextStream.message(this, EventIds.next());
    }

    /** Goes on with a message that is open, as one may be after a takeover. */
    public TextStream continueMessage(String messageId) {
        return TextStream.open(this, messageId);
    }

    /** Begins a span of reasoning with one message in it, to be written piece by piece. */
    public TextStream reasoning() {
        return TextStream.reasoning(this, EventIds.next());
    }

    /** Begins a tool call whose arguments are written piece by piece. */
    public ToolCall toolCall(String tool) {
        return new ToolCall(this, tool);
    }

    /** Appends a whole tool call; its result is still to come. */
    public ToolCall toolCall(String tool, JsonNode arguments) {
        ToolCall call = toolCall(tool);
        call.arguments(arguments.toString());
        call.end();
        return call;
    }

    /** Appends a whole tool call whose arguments are plain values; its result is still to come. */
    public ToolCall toolCall(String tool, Map<String, ?> arguments) {
        return toolCall(tool, Json.mapper().<JsonNode>valueToTree(arguments));
    }

    /** Begins a step; closing it finishes it. */
    public Step step(String name) {
        return new Step(this, name);
    }

    public void stateSnapshot(JsonNode state) {
        ObjectNode event = AgUi.event("STATE_SNAPSHOT");
        event.set("snapshot", state);
        emit(event);
    }

    /**
     * Changes the state.
     *
     * @param patch the operations of an RFC 6902 JSON Patch
     */
    public void stateDelta(ArrayNode patch) {
        ObjectNode event = AgUi.event("STATE_DELTA");
        event.set("delta", patch);
        emit(event);
    }

    public void custom(String name, JsonNode value) {
        emit(AgUi.custom(name, value));
    }

    /** Notes what a model has used; the sums go into the event that ends the run, whatever the end is. */
    public void used(ModelUsage more) {
        appending.lock();
        try {
            usage.add(more);
        } finally {
            appending.unlock();
        }
    }

    /** Ends the run with success, after closing what is open. Does nothing if it is over. */
    public void finish() {
        end(AgUi.runFinished(address));
    }

    /** Ends the run with success and a result, after closing what is open. */
    public void finish(JsonNode result) {
        ObjectNode event = AgUi.runFinished(address);
        event.set("result", result);
        end(event);
    }

    /** Ends the run with the outcome {@code interrupt}: it waits for answers, which start the next run. */
    public void interrupt(ArrayNode asked) {
        end(AgUi.interrupted(address, asked));
    }

    /** Ends the run as cancelled, after closing what is open. Does nothing if it is over. */
    public void cancel() {
        end(AgUi.runFinished(address, "cancelled"));
    }

    /**
     * Ends the run with RUN_ERROR. Does nothing if it is over.
     *
     * @param code for programs
     * @param message for people; the user sees it, so it must not tell internals
     */
    public void fail(String code, String message) {
        end(AgUi.runError(code, message));
    }

    /** Appends nothing more, not even an end, because another process has taken the run over. */
    public void abandon() {
        appending.lock();
        try {
            abandoned = true;
            log.drop();
        } finally {
            appending.unlock();
        }
        unacknowledged.abandon();
    }

    /** Whether nothing more can be appended. */
    public boolean isOver() {
        return locked(() -> abandoned || grammar.isOver());
    }

    /** Whether RUN_STARTED has been appended. */
    public boolean hasBegun() {
        return locked(() -> grammar.hasBegun());
    }

    /** The ids of the messages and tool calls that this run has told of, its input's included. */
    public Set<String> messageIds() {
        return locked(() -> grammar.messageIds());
    }

    /**
     * Completes when Kafka has acknowledged the run's end and all before it; fails as soon as one append has failed, or
     * when the run was abandoned. Completes on Kafka's thread: do not block there.
     */
    public CompletionStage<Void> ended() {
        return unacknowledged.ended();
    }

    /**
     * Waits until Kafka has acknowledged everything appended so far.
     *
     * @throws PublishFailedException if it has not
     */
    public void flush() throws InterruptedException {
        flushJoined();
        unacknowledged.awaitAll();
    }

    /**
     * Waits until Kafka has acknowledged everything. A run that has no end yet was broken off, by an exception for
     * instance: what is open is closed and the run ends in RUN_ERROR with the code {@code abandoned}.
     *
     * @throws PublishFailedException if Kafka has not acknowledged everything
     */
    @Override
    public void close() {
        if (!isOver()) {
            fail("abandoned", BROKEN_OFF);
        }
        try {
            flush();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends a run whose work has returned: with success, unless something is still open or an event was refused. */
    void finishUnbroken() {
        if (locked(() -> refused || !grammar.closing().isEmpty())) {
            fail("abandoned", BROKEN_OFF);
        } else {
            finish();
        }
    }

    /** Ends do not wait for room: they are few, small, and must get through when the run is being held back. */
    private void end(ObjectNode terminal) {
        appending.lock();
        try {
            unacknowledged.check();
            if (abandoned || grammar.isOver()) {
                return;
            }
            begin(terminal);
            chunks.close().forEach(this::append);
            grammar.closing().forEach(this::append);
            usage.tell(terminal);
            append(terminal);
            unacknowledged.close();
        } finally {
            appending.unlock();
        }
    }

    private <T> T locked(Supplier<T> look) {
        appending.lock();
        try {
            return look.get();
        } finally {
            appending.unlock();
        }
    }

    private void checkOpen() {
        unacknowledged.check();
        if (abandoned || grammar.isOver()) {
            throw RunEndedException.over();
        }
    }

    private void begin(ObjectNode first) {
        if (!grammar.hasBegun() && !first.path("type").asText().equals("RUN_STARTED")) {
            append(AgUi.runStarted(address, null));
        }
    }

    private void append(ObjectNode event) {
        if (log.append(event)) {
            publisher.whenJoined(this::flushJoined);
        }
    }

    /** What waited to be joined has waited long enough. */
    private void flushJoined() {
        appending.lock();
        try {
            log.flush();
        } finally {
            appending.unlock();
        }
    }
}
