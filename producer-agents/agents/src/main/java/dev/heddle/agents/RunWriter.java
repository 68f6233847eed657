package dev.heddle.agents;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.RunGrammar;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The serialised way into the log of one run, from its first event to its end: one lock orders the calls of all
 * threads, chunks are expanded, and a call waits while too much of the run is unacknowledged. {@link RunEmitter}
 * documents the calls.
 */
final class RunWriter {

    private final EventProducer events;
    private final RunAddress address;
    private final RunAppender appender;
    private final Unacknowledged unacknowledged;
    private final RunGrammar grammar;
    private final ReentrantLock appending = new ReentrantLock();
    private final ChunkExpander chunks = new ChunkExpander();
    private final UsageTotals usage = new UsageTotals();
    private boolean abandoned;
    private boolean refused;

    /** @param recorded the events of the run that another process appended, or null for none */
    RunWriter(EventProducer events, RunAddress address, int attempt, @Nullable RecordedRun recorded) {
        this.events = events;
        this.address = address;
        this.appender = new RunAppender(events, address, attempt);
        this.unacknowledged = appender.unacknowledged();
        this.grammar = appender.grammar();
        if (recorded != null) {
            appender.restore(recorded);
        }
    }

    RunAddress address() {
        return address;
    }

    int attempt() {
        return appender.attempt();
    }

    void traced(@Nullable String traceparent) {
        locked(() -> {
            appender.traced(traceparent);
            return null;
        });
    }

    /** Appends an event, after RUN_STARTED if it is the first. */
    void emit(ObjectNode event) {
        append(() -> take(event));
    }

    /** The pieces of one text of this run, with their stored form. */
    Deltas deltas(String type, String idField, String id) {
        return appender.deltas(type, idField, id);
    }

    /** Appends the next piece of a text. */
    void emit(Deltas deltas, String text) {
        append(() -> {
            if (chunks.areOpen() || !appender.append(deltas, text)) {
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

    private void append(Runnable step) {
        try {
            unacknowledged.awaitRoom();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RunEndedException.stopped();
        }
        appending.lock();
        try {
            checkOpen();
            step.run();
        } catch (InvalidEventException e) {
            refused = true;
            throw e;
        } finally {
            appending.unlock();
        }
    }

    /** Adds to the usage of the run's models. */
    void used(ModelUsage more) {
        locked(() -> {
            usage.add(more);
            return null;
        });
    }

    /**
     * Ends the run, after closing everything open; does nothing if it is over. An end does not wait for room: it is
     * small, and must get through when the run is being held back.
     */
    void end(ObjectNode terminal) {
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

    /** Appends nothing more, not even an end. */
    void abandon() {
        locked(() -> {
            abandoned = true;
            appender.drop();
            return null;
        });
        unacknowledged.abandon();
    }

    /** True if nothing more can be appended. */
    boolean isOver() {
        return locked(() -> abandoned || grammar.isOver());
    }

    /** True if RUN_STARTED has been appended. */
    boolean hasBegun() {
        return locked(grammar::hasBegun);
    }

    /** True if something is still open, or an event was refused. */
    boolean isBrokenOff() {
        return locked(() -> refused || !grammar.closing().isEmpty());
    }

    Set<String> messageIds() {
        return locked(grammar::messageIds);
    }

    Set<String> answeredCalls() {
        return locked(grammar::answeredCalls);
    }

    /** Completes when Kafka has acknowledged the run's end and all before it. */
    CompletionStage<Void> ended() {
        return unacknowledged.ended();
    }

    /** Waits until Kafka has acknowledged everything appended so far. */
    void flush() throws InterruptedException {
        flushJoined();
        unacknowledged.awaitAll();
    }

    private <T extends @Nullable Object> T locked(Supplier<T> body) {
        appending.lock();
        try {
            return body.get();
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
        if (appender.append(event)) {
            events.whenJoined(this::flushJoined);
        }
    }

    /** Appends deltas that have waited long enough to be joined. */
    private void flushJoined() {
        appending.lock();
        try {
            appender.flush();
        } finally {
            appending.unlock();
        }
    }
}
