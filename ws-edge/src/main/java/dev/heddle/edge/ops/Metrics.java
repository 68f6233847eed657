package dev.heddle.edge.ops;

import dev.heddle.edge.protocol.Disconnect;
import dev.heddle.edge.protocol.RejectCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** All meters of an edge. Everything is looked up here at start, so that nothing is looked up later. Any thread. */
public final class Metrics {

    private final AtomicInteger sessions = new AtomicInteger();
    private final Map<Disconnect, Counter> closes;
    private final Map<Disconnect, Counter> refusals;
    private final Map<RejectCode, Counter> rejected;
    private final Counter accepted;
    private final Timer commandTime;
    private final Counter foreignEvents;
    private final Counter events;
    private final Counter eventBytes;
    private final Counter clientFrames;
    private final Counter droppedSockets;

    public Metrics(MeterRegistry registry) {
        Gauge.builder("heddle.edge.sessions", sessions, AtomicInteger::get)
                .description("Connections that have been admitted and have not ended")
                .register(registry);
        closes = each(Disconnect.class, cause -> Counter.builder("heddle.edge.closes")
                .description("Admitted connections that ended, by cause")
                .tag("cause", cause.label())
                .register(registry));
        refusals = each(Disconnect.class, cause -> Counter.builder("heddle.edge.refusals")
                .description("Requests for a connection that were refused, by cause")
                .tag("cause", cause.label())
                .register(registry));
        rejected = each(RejectCode.class, code -> Counter.builder("heddle.edge.commands.rejected")
                .description("Commands that were not taken, by code")
                .tag("code", code.name().toLowerCase(Locale.ROOT))
                .register(registry));
        accepted = Counter.builder("heddle.edge.commands.accepted")
                .description("Commands that Kafka acknowledged")
                .register(registry);
        commandTime = Timer.builder("heddle.edge.commands.time")
                .description("From a command's frame to its answer")
                .register(registry);
        foreignEvents = Counter.builder("heddle.edge.events.foreign")
                .description("Events refused at a foreign user's socket; anything but 0 is a bug")
                .register(registry);
        events = Counter.builder("heddle.edge.events.sent")
                .description("Events written to sockets")
                .register(registry);
        eventBytes = Counter.builder("heddle.edge.events.sent.bytes")
                .description("Bytes of events frames written to sockets")
                .baseUnit("bytes")
                .register(registry);
        clientFrames = Counter.builder("heddle.edge.frames.received")
                .description("Text frames received from clients")
                .register(registry);
        droppedSockets = Counter.builder("heddle.edge.sockets.dropped")
                .description("Sockets closed before a request, for slowness or number")
                .register(registry);
    }

    private static <E extends Enum<E>> Map<E, Counter> each(Class<E> type, Function<E, Counter> make) {
        Map<E, Counter> counters = new EnumMap<>(type);
        for (E value : type.getEnumConstants()) {
            counters.put(value, make.apply(value));
        }
        return counters;
    }

    private static <E extends Enum<E>> void count(Map<E, Counter> counters, E value) {
        Counter counter = counters.get(value);
        if (counter != null) {
            counter.increment();
        }
    }

    /** A connection was admitted. */
    public void opened() {
        sessions.incrementAndGet();
    }

    /** An admitted connection ended. */
    public void closed(Disconnect cause) {
        sessions.decrementAndGet();
        count(closes, cause);
    }

    /** A request for a connection was refused. */
    public void refused(Disconnect cause) {
        count(refusals, cause);
    }

    /** A socket was dropped that never made a request in time, or came when too many were waiting. */
    public void dropped() {
        droppedSockets.increment();
    }

    /** A command was acknowledged. */
    public void accepted(Duration time) {
        accepted.increment();
        commandTime.record(time);
    }

    /** A command was not taken. */
    public void rejected(RejectCode code) {
        count(rejected, code);
    }

    /** An events frame was written. */
    public void sent(int count, int bytes) {
        events.increment(count);
        eventBytes.increment(bytes);
    }

    /** A client's text frame came in. */
    public void received() {
        clientFrames.increment();
    }

    /** An event of another user reached a socket's writer and was refused there. */
    public void foreignEvent() {
        foreignEvents.increment();
    }
}
