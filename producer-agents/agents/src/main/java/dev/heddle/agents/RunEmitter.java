package dev.heddle.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.EventIds;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The only way to append for one run. It numbers the events 0, 1, 2, …, fills in the fields that the caller left out,
 * expands {@code *_CHUNK} events (they are never stored), and refuses events that AG-UI 1.0 forbids, so that every
 * client accepts the stream.
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
 * <p><b>Threads.</b> Any thread may call any method. Each call is one step: its events stand together, and the order of
 * the calls is the order in the log. The caller makes any order that it needs between two threads.
 *
 * <p><b>Back-pressure.</b> A call that finds {@code runEvents} or {@code runBytes} of this run unacknowledged waits
 * until half of that is left, and every call waits while the publisher's buffer is full. It does not wait for its own
 * acknowledgement: {@link #flush} does.
 *
 * <p><b>Failure.</b> A refused event ({@link InvalidEventException}) gets no number and changes nothing. An append that
 * Kafka does not acknowledge fails the emitter for good: every later call throws that {@link PublishFailedException},
 * because a later event would leave a gap.
 */
public final class RunEmitter implements AutoCloseable {

    private static final String BROKEN_OFF = "The run ended before its work was done.";

    private final RunWriter writer;

    RunEmitter(EventProducer events, RunAddress address, int attempt) {
        this.writer = new RunWriter(events, address, attempt, null);
    }

    private RunEmitter(RunWriter writer) {
        this.writer = writer;
    }

    /** The emitter of a run that another process began: it continues the run where the log ends. */
    static RunEmitter after(RecordedRun recorded, EventProducer events, RunAddress address) {
        return new RunEmitter(new RunWriter(events, address, recorded.attempt() + 1, recorded));
    }

    public RunAddress address() {
        return writer.address();
    }

    /**
     * Sets the trace that the events from now on belong to.
     *
     * @param traceparent W3C's header, or null for no trace
     */
    public RunEmitter traced(@Nullable String traceparent) {
        writer.traced(traceparent);
        return this;
    }

    /** The number of this attempt at the run: 0 at first. */
    public int attempt() {
        return writer.attempt();
    }

    /**
     * Begins the run with a RUN_STARTED that carries its input, so that the user's own words are in the log.
     *
     * @throws InvalidEventException if AG-UI does not allow the input; the run has then not begun
     */
    public void start(RunInput input) {
        emit(AgUi.runStarted(writer.address(), input));
    }

    /**
     * Appends any AG-UI event. The object is read before the call returns and not kept.
     *
     * @throws InvalidEventException if the event breaks AG-UI's rules or is too large
     * @throws RunEndedException if the run is over
     * @throws PublishFailedException if an earlier append has failed
     */
    public void emit(ObjectNode event) {
        writer.emit(event);
    }

    /** Appends a whole message of the assistant's. */
    public void text(String text) {
        try (TextStream message = message()) {
            message.write(text);
        }
    }

    /** Appends a whole message of the assistant's under an id that the caller has chosen. */
    public void text(String messageId, String text) {
        try (TextStream message = TextStream.message(writer, messageId)) {
            message.write(text);
        }
    }

    /** Begins a message of the assistant's, to be written piece by piece. */
    public TextStream message() {
        return TextStream.message(writer, EventIds.next());
    }

    /** Goes on with a message that is open, as one may be after a takeover. */
    public TextStream continueMessage(String messageId) {
        return TextStream.open(writer, messageId);
    }

    /** Begins a span of reasoning with one message in it, to be written piece by piece. */
    public TextStream reasoning() {
        return TextStream.reasoning(writer, EventIds.next());
    }

    /** Begins a tool call whose arguments are written piece by piece. */
    public ToolCall toolCall(String tool) {
        return new ToolCall(writer, tool);
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
        return new Step(writer, name);
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

    /** Adds a model's usage to the sums that go into the event that ends the run, whatever the end is. */
    public void used(ModelUsage more) {
        writer.used(more);
    }

    /** Ends the run with success, after closing everything open. Does nothing if it is over. */
    public void finish() {
        writer.end(AgUi.runFinished(writer.address()));
    }

    /** Ends the run with success and a result, after closing everything open. */
    public void finish(JsonNode result) {
        ObjectNode event = AgUi.runFinished(writer.address());
        event.set("result", result);
        writer.end(event);
    }

    /** Ends the run with the outcome {@code interrupt}: it waits for answers, which start the next run. */
    public void interrupt(ArrayNode asked) {
        writer.end(AgUi.interrupted(writer.address(), asked));
    }

    /** Ends the run as cancelled, after closing everything open. Does nothing if it is over. */
    public void cancel() {
        writer.end(AgUi.runFinished(writer.address(), "cancelled"));
    }

    /**
     * Ends the run with RUN_ERROR. Does nothing if it is over.
     *
     * @param code for programs
     * @param message for people; the user sees it, so it must not tell internals
     */
    public void fail(String code, String message) {
        writer.end(AgUi.runError(code, message));
    }

    /** Appends nothing more, not even an end, because another process has taken the run over. */
    public void abandon() {
        writer.abandon();
    }

    /** True if nothing more can be appended. */
    public boolean isOver() {
        return writer.isOver();
    }

    /** True if RUN_STARTED has been appended. */
    public boolean hasBegun() {
        return writer.hasBegun();
    }

    /** The ids of the messages and tool calls of this run, its input's included. */
    public Set<String> messageIds() {
        return writer.messageIds();
    }

    /** The ids of the tool calls that have a result in this run or in its input. */
    public Set<String> answeredCalls() {
        return writer.answeredCalls();
    }

    /**
     * Completes when Kafka has acknowledged the run's end and all before it; fails as soon as one append has failed, or
     * when the run was abandoned. Completes on Kafka's thread: do not block there.
     */
    public CompletionStage<Void> ended() {
        return writer.ended();
    }

    /**
     * Waits until Kafka has acknowledged everything appended so far.
     *
     * @throws PublishFailedException if it has not
     */
    public void flush() throws InterruptedException {
        writer.flush();
    }

    /**
     * Waits until Kafka has acknowledged everything. A run that has no end yet was broken off, by an exception for
     * instance: everything open is closed and the run ends in RUN_ERROR with the code {@code abandoned}.
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
        if (writer.isBrokenOff()) {
            fail("abandoned", BROKEN_OFF);
        } else {
            finish();
        }
    }
}
