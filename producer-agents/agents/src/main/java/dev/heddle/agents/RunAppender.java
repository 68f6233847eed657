package dev.heddle.agents;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.AgUiEvents;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.DeltaForm;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.EventIds;
import dev.heddle.event.RunGrammar;
import dev.heddle.event.RunPlace;
import dev.heddle.trace.TraceParent;
import org.jspecify.annotations.Nullable;

/**
 * The last step of one run's events before Kafka: stamped, checked, numbered, encoded and counted. Guarded by its
 * emitter's lock.
 *
 * <p>If the publisher joins deltas, one that could be the first of several is kept for the join time. It has been
 * checked before, so only Kafka can still refuse it.
 */
final class RunAppender {

    /** The longest joined delta, in characters. */
    private static final int LONGEST_JOINED = 16 << 10;

    private final EventProducer events;
    private final RunAddress address;
    private final int attempt;
    private final Unacknowledged unacknowledged;
    private final RunGrammar grammar = new RunGrammar();
    private byte @Nullable [] trace;
    private long nextSeq;
    private @Nullable JoinedDelta pending;

    RunAppender(EventProducer events, RunAddress address, int attempt) {
        this.events = events;
        this.address = address;
        this.attempt = attempt;
        this.unacknowledged = new Unacknowledged(events.settings().bounds());
    }

    /** Goes on where the log ends. */
    void restore(RecordedRun recorded) {
        recorded.events().forEach(grammar::accept);
        nextSeq = recorded.lastSeq() + 1;
    }

    /** Sets the trace of the events appended from now on; null for none. */
    void traced(@Nullable String traceparent) {
        trace = TraceParent.ofEvents(traceparent);
    }

    int attempt() {
        return attempt;
    }

    RunGrammar grammar() {
        return grammar;
    }

    Unacknowledged unacknowledged() {
        return unacknowledged;
    }

    /**
     * Appends the event, or keeps it to be joined with the next.
     *
     * @return true if an event is kept from now on that the caller has to {@link #flush} in time
     * @throws dev.heddle.event.InvalidEventException if the event breaks AG-UI's rules or is too large; nothing has
     *     changed
     */
    boolean append(ObjectNode event) {
        ObjectNode stamped = event.has("timestamp") ? event : stamp(event);
        AgUiEvents.validate(stamped);
        if (events.joinsDeltas() && JoinedDelta.isOne(stamped, LONGEST_JOINED)) {
            grammar.accept(stamped);
            return keep(stamped);
        }
        flush();
        byte[] value = encode(stamped);
        grammar.accept(stamped);
        send(value);
        return false;
    }

    /** The pieces of a text of this run, with their stored form. */
    Deltas deltas(String type, String idField, String id) {
        DeltaForm form = DeltaForm.takes(id) ? DeltaForm.of(envelope(0), type, idField, id) : null;
        return new Deltas(type, idField, id, grammar.stream(type, id), form);
    }

    /**
     * Appends a piece of an open text, if the stored form takes it without a check of the whole event.
     *
     * @return true if it was appended; if not, nothing has changed, and the piece has to go through {@link #append}
     */
    boolean append(Deltas deltas, String text) {
        DeltaForm form = deltas.form();
        if (form == null || events.joinsDeltas() || !deltas.stream().isOpen() || !DeltaForm.takes(text)) {
            return false;
        }
        byte[] value = form.encode(nextSeq, events.clock().millis(), text);
        events.checkSize(value);
        send(value);
        return true;
    }

    private boolean keep(ObjectNode delta) {
        JoinedDelta before = pending;
        if (before != null && before.takes(delta, LONGEST_JOINED)) {
            return false;
        }
        flush();
        pending = new JoinedDelta(delta);
        return true;
    }

    /** Appends the kept event. */
    void flush() {
        JoinedDelta kept = pending;
        if (kept != null) {
            pending = null;
            send(encode(kept.toEvent()));
        }
    }

    /** Forgets the kept event. */
    void drop() {
        pending = null;
    }

    private Envelope envelope(long runSeq) {
        RunPlace place = new RunPlace(address.runId(), runSeq, attempt);
        return new Envelope(EventIds.next(), address.user(), address.threadId(), address.agentId(), place);
    }

    private byte[] encode(ObjectNode event) {
        byte[] value = EventCodec.encode(new AgentEvent(envelope(nextSeq), event));
        events.checkSize(value);
        return value;
    }

    private void send(byte[] value) {
        nextSeq++;
        unacknowledged.sent(value.length);
        events.send(address.user(), value, trace, (at, failure) -> unacknowledged.acknowledged(value.length, failure));
    }

    private ObjectNode stamp(ObjectNode event) {
        ObjectNode stamped = JsonNodeFactory.instance.objectNode();
        stamped.setAll(event);
        return stamped.put("timestamp", events.clock().millis());
    }
}
