package dev.heddle.edge.ops;

import dev.heddle.edge.hub.Hub;
import dev.heddle.edge.hub.HubObserver;
import dev.heddle.edge.hub.SessionState;
import dev.heddle.edge.index.IndexBuilderCounts;
import dev.heddle.edge.index.IndexReaderCounts;
import dev.heddle.edge.protocol.Disconnect;
import dev.heddle.edge.protocol.Protocol;
import dev.heddle.edge.protocol.RejectCode;
import dev.heddle.topic.LogLimit;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The meters of an edge, all looked up at start. Any thread. */
public final class Metrics implements HubObserver {

    private static final Logger log = LoggerFactory.getLogger(Metrics.class);

    private final AtomicInteger sessions = new AtomicInteger();
    private final Map<Protocol, AtomicInteger> open;
    private final Map<Protocol, Map<Disconnect, Counter>> closes;
    private final Map<Protocol, Map<Disconnect, Counter>> refusals;
    private final Map<RejectCode, Counter> rejected;
    private final Counter accepted;
    private final Timer commandTime;
    private final Counter foreignEvents;
    private final Counter events;
    private final Counter eventBytes;
    private final Counter clientFrames;
    private final Counter tailRecords;
    private final Counter tailBytes;
    private final Timer latency;
    private final Map<Read, Counter> windowReads;
    private final Counter catchUpEvents;
    private final Counter catchUpBytes;
    private final Timer catchUpTime;
    private final Map<Bad, Counter> badRecords;
    private final Counter unreadable;
    private final Map<Bad, LogLimit> badLogged = new EnumMap<>(Bad.class);
    private final Counter indexSkipped;
    private final Counter indexMistaken;
    private final LongSupplier wallMillis;
    private final MeterRegistry registry;

    private enum Read {
        HIT,
        MISS
    }

    private enum Bad {
        MISPLACED,
        UNDECODABLE
    }

    /** @param wallMillis the wall clock in ms since the epoch */
    public Metrics(MeterRegistry registry, LongSupplier wallMillis) {
        this.wallMillis = wallMillis;
        this.registry = registry;
        Gauge.builder("heddle.edge.sessions", sessions, AtomicInteger::get)
                .description("Connections that have been admitted and have not ended")
                .register(registry);
        open = new EnumMap<>(Protocol.class);
        closes = new EnumMap<>(Protocol.class);
        refusals = new EnumMap<>(Protocol.class);
        for (Protocol protocol : Protocol.values()) {
            AtomicInteger ofProtocol = new AtomicInteger();
            open.put(protocol, ofProtocol);
            Gauge.builder("heddle.edge.sessions.protocol", ofProtocol, AtomicInteger::get)
                    .description("Connections that have been admitted and have not ended, by protocol")
                    .tag("protocol", protocol.label())
                    .register(registry);
            closes.put(protocol, each(Disconnect.class, cause -> Counter.builder("heddle.edge.closes")
                    .description("Admitted connections that ended, by cause and protocol")
                    .tag("cause", cause.label())
                    .tag("protocol", protocol.label())
                    .register(registry)));
            refusals.put(protocol, each(Disconnect.class, cause -> Counter.builder("heddle.edge.refusals")
                    .description("Requests for a connection that were refused, by cause and protocol")
                    .tag("cause", cause.label())
                    .tag("protocol", protocol.label())
                    .register(registry)));
        }
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
        tailRecords = Counter.builder("heddle.edge.tail.records")
                .description("Records that the tail took in")
                .register(registry);
        tailBytes = Counter.builder("heddle.edge.tail.bytes")
                .description("Bytes that the tail took in")
                .baseUnit("bytes")
                .register(registry);
        latency = Timer.builder("heddle.edge.delivery.latency")
                .description("From the log's taking an event to its frame's writing, by the log's clock and ours")
                .publishPercentileHistogram()
                .register(registry);
        windowReads = each(Read.class, read -> Counter.builder("heddle.edge.window.reads")
                .description("Reads of sessions whose offset lay in the window or before it")
                .tag("result", read.name().toLowerCase(Locale.ROOT))
                .register(registry));
        catchUpEvents = Counter.builder("heddle.edge.catchup.events")
                .description("Events that catch-up found for sessions")
                .register(registry);
        catchUpBytes = Counter.builder("heddle.edge.catchup.bytes")
                .description("Bytes that catch-up read from the log, wanted or not")
                .baseUnit("bytes")
                .register(registry);
        indexSkipped = Counter.builder("heddle.edge.index.skipped")
                .description("Offsets that catch-up skipped because the index said so")
                .register(registry);
        indexMistaken = Counter.builder("heddle.edge.index.mistaken")
                .description("Stretches that the index pointed to and that held nothing for anyone")
                .register(registry);
        catchUpTime = Timer.builder("heddle.edge.catchup.time")
                .description("From a session's falling before the window to its coming into it")
                .publishPercentileHistogram()
                .register(registry);
        badRecords = each(Bad.class, bad -> Counter.builder("heddle.edge.records.bad")
                .description("Records in another partition than their key's, or that are no events; they are skipped")
                .tag("fault", bad.name().toLowerCase(Locale.ROOT))
                .register(registry));
        for (Bad bad : Bad.values()) {
            badLogged.put(bad, LogLimit.ofReader());
        }
        unreadable = Counter.builder("heddle.edge.log.unreadable")
                .description(
                        "Offsets of the log that are kept and cannot be read, as of damaged batches; they are skipped")
                .baseUnit("offsets")
                .register(registry);
    }

    /**
     * Registers the gauges of the hub.
     *
     * @param hub the present hub
     * @param tailLag in offsets
     * @param replacements the number of hubs that have been replaced
     */
    public void watch(Supplier<Hub> hub, Supplier<Number> tailLag, Supplier<Number> replacements) {
        Gauge.builder("heddle.edge.window.bytes", () -> hub.get().windowBytes().used())
                .description("What all windows hold")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("heddle.edge.inflight.bytes", () -> hub.get().credit().used())
                .description("What is on its way to clients: chunks of catch-up, and frames that have not left")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("heddle.edge.inflight.waiting", () -> hub.get().credit().waiting())
                .description("Sessions whose next frame waits until there is room for it in flight")
                .register(registry);
        for (SessionState state : List.of(
                SessionState.LOOKING_BACK, SessionState.READING, SessionState.CATCHING_UP, SessionState.WAITING)) {
            Gauge.builder(
                            "heddle.edge.sessions.state",
                            () -> hub.get().sessions().in(state))
                    .description("Sessions by what they do")
                    .tag("state", state.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        Gauge.builder("heddle.edge.users", () -> hub.get().users())
                .description("Users with a session here, or a record in a window")
                .register(registry);
        Gauge.builder("heddle.edge.tail.partitions", () -> hub.get().tailedPartitions())
                .description("Partitions that the tail reads: those with a session here, or one not long ago")
                .register(registry);
        Gauge.builder("heddle.edge.log.partitions", () -> hub.get().partitions())
                .description("Partitions of the log")
                .register(registry);
        Gauge.builder("heddle.edge.tail.lag", tailLag)
                .description("Offsets that the tail is behind the end of the log, in the worst partition")
                .register(registry);
        Gauge.builder("heddle.edge.renewals", replacements)
                .description("Times that delivery began anew: the log changed, or a reader died or stood still")
                .register(registry);
    }

    /**
     * Registers the counters of the index. They begin at 0 again when the hub is replaced.
     *
     * @param readings of the present hub
     * @param built by the present builder
     */
    public void watchIndex(Supplier<IndexReaderCounts> readings, Supplier<IndexBuilderCounts> built) {
        counter(
                "heddle.edge.index.built.blocks",
                () -> built.get().blocks(),
                "Blocks of the log that were indexed here");
        counter("heddle.edge.index.built.bytes", () -> built.get().bytes(), "Bytes of index records written here");
        counter(
                "heddle.edge.index.built.log.bytes",
                () -> built.get().logBytes(),
                "Bytes of the log that were read here to index them; all edges together read it once");
        counter(
                "heddle.edge.index.built.failures",
                () -> built.get().failures(),
                "Times that the building of the index began again after a failure");
        counter(
                "heddle.edge.index.read.bytes",
                () -> readings.get().bytes(),
                "Bytes of index records read for catch-up and look-back");
        counter(
                "heddle.edge.index.read.unusable",
                () -> readings.get().unusable(),
                "Records of the index topic that are no index of this log");
        counter(
                "heddle.edge.index.read.failures",
                () -> readings.get().failures(),
                "Times that the index could not be read, or not in time: the log was scanned instead");
    }

    /** Registers the gauges of admitted connections and of their limit. */
    public void watchAdmitted(Supplier<Number> admitted, int limit) {
        Gauge.builder("heddle.edge.connections.limit", () -> limit)
                .description("`limits.connections` of this edge")
                .register(registry);
        Gauge.builder("heddle.edge.connections.admitted", admitted)
                .description("Connections that count for `limits.connections`")
                .register(registry);
    }

    /** Registers the counter of failed refreshes of the verification keys. */
    public void watchKeys(LongSupplier failures) {
        counter(
                "heddle.edge.keys.failures",
                failures,
                "Times that the verification keys could not be read; the last good ones are used meanwhile");
    }

    /** Registers the gauges of the number and the age of the verification keys. */
    public void watchKeySet(IntSupplier count, DoubleSupplier ageSeconds) {
        Gauge.builder("heddle.edge.keys", count::getAsInt)
                .description("Verification keys that hold; with none no token is accepted, but by a secret")
                .register(registry);
        Gauge.builder("heddle.edge.keys.age", ageSeconds::getAsDouble)
                .description("Since the verification keys were last read; beyond auth.keysMaxAge they hold no more")
                .baseUnit("seconds")
                .register(registry);
    }

    /** Registers the counter of unreadable revocations. */
    public void watchRevocations(LongSupplier unreadable) {
        counter(
                "heddle.edge.revocations.unreadable",
                unreadable,
                "Offsets of agent-revocations that cannot be read, each perhaps a revocation that is not obeyed");
    }

    private void counter(String name, LongSupplier value, String description) {
        // A counter holds its object weakly; a supplier without another reference would be collected.
        FunctionCounter.builder(name, this, metrics -> value.getAsLong())
                .description(description)
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
    public void opened(Protocol protocol) {
        sessions.incrementAndGet();
        opened(protocol, 1);
    }

    private void opened(Protocol protocol, int more) {
        AtomicInteger ofProtocol = open.get(protocol);
        if (ofProtocol != null) {
            ofProtocol.addAndGet(more);
        }
    }

    /** An admitted connection ended. */
    public void closed(Protocol protocol, Disconnect cause) {
        sessions.decrementAndGet();
        opened(protocol, -1);
        count(closes.getOrDefault(protocol, Map.of()), cause);
    }

    /** A request for a connection was refused. */
    public void refused(Protocol protocol, Disconnect cause) {
        count(refusals.getOrDefault(protocol, Map.of()), cause);
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

    // ---- observer of the hub

    @Override
    public void tailed(int partition, int records, long bytes) {
        tailRecords.increment(records);
        tailBytes.increment((double) bytes);
    }

    @Override
    public void delivered(int count, long bytes, long firstTimestamp) {
        latency.record(Math.max(0, wallMillis.getAsLong() - firstTimestamp), TimeUnit.MILLISECONDS);
    }

    @Override
    public void windowRead(boolean hit) {
        count(windowReads, hit ? Read.HIT : Read.MISS);
    }

    @Override
    public void caughtUpChunk(int count, long bytes) {
        catchUpEvents.increment(count);
    }

    @Override
    public void caughtUpAfter(long nanos) {
        catchUpTime.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void catchUpScanned(int partition, int records, long bytes) {
        catchUpBytes.increment((double) bytes);
    }

    @Override
    public void indexSkipped(long offsets) {
        indexSkipped.increment((double) offsets);
    }

    @Override
    public void indexMistaken() {
        indexMistaken.increment();
    }

    @Override
    public void misplaced(int partition, long offset) {
        bad(Bad.MISPLACED, partition, offset, "A record lies in another partition than its key's");
    }

    @Override
    public void undecodable(int partition, long offset, String why) {
        bad(Bad.UNDECODABLE, partition, offset, "A record is no event and is skipped");
    }

    /** One publisher can cause a million of these: each is counted, a few a minute are logged. */
    private void bad(Bad bad, int partition, long offset, String message) {
        count(badRecords, bad);
        LogLimit limit = badLogged.get(bad);
        if (limit != null) {
            limit.permit().ifPresent(suppressed -> log.atWarn()
                    .addKeyValue("partition", partition)
                    .addKeyValue("offset", offset)
                    .addKeyValue("suppressed", suppressed)
                    .log(message));
        }
    }

    @Override
    public void unreadable(int partition, long offsets) {
        unreadable.increment((double) offsets);
    }

    @Override
    public void foreignRefused() {
        foreignEvent();
    }
}
