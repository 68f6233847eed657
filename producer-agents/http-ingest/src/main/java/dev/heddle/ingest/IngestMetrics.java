package dev.heddle.ingest;

import dev.heddle.topic.UnreadableRange;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** The meters of an ingest node. Safe on any thread. */
public final class IngestMetrics {

    private final MeterRegistry meters;
    private final Counter appended;
    private final Counter repeated;
    private final Counter taken;
    private final Counter fenced;
    private final Counter searched;
    private final Counter unreadable;
    private final Timer answered;
    private final Map<IngestResponse.Reason, Counter> refused = new EnumMap<>(IngestResponse.Reason.class);
    private final AtomicLong inFlight = new AtomicLong();

    public IngestMetrics(MeterRegistry meters) {
        this.meters = meters;
        appended = counter(meters, "heddle.ingest.events", "Events that were appended");
        repeated =
                counter(meters, "heddle.ingest.events.repeated", "Events that were in the log before and acknowledged");
        taken = counter(
                meters,
                "heddle.ingest.partitions.taken",
                "Times that this node took the right to write to a partition");
        fenced = counter(
                meters,
                "heddle.ingest.fenced",
                "Times that Kafka refused this node since another one had taken the right");
        searched = counter(
                meters,
                "heddle.ingest.runs.searched",
                "Runs that this node did not know any more and looked up in the log");
        unreadable = Counter.builder("heddle.ingest.log.unreadable")
                .description(
                        "Offsets of the log that are kept and cannot be read, as of damaged batches; they are skipped")
                .baseUnit("offsets")
                .register(meters);
        answered = Timer.builder("heddle.ingest.batch")
                .description("From the end of a batch's arrival to its answer")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(60))
                .register(meters);
        for (IngestResponse.Reason reason : IngestResponse.Reason.values()) {
            refused.put(
                    reason,
                    Counter.builder("heddle.ingest.refused")
                            .description("Batches that were refused")
                            .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                            .register(meters));
        }
        Gauge.builder("heddle.ingest.in.flight", inFlight, AtomicLong::get)
                .description("Bytes that have come of the batches that are being worked on")
                .baseUnit("bytes")
                .register(meters);
    }

    /** Registers the meters of the keys that verify tokens. */
    public void watchKeys(LongSupplier failures, IntSupplier count, DoubleSupplier ageSeconds) {
        // A counter has a weak reference to its source: these metrics, which live as long as their node.
        FunctionCounter.builder("heddle.ingest.keys.failures", this, metrics -> failures.getAsLong())
                .description(
                        "Times that the verification keys could not be read; the last good ones are used meanwhile")
                .register(meters);
        Gauge.builder("heddle.ingest.keys", count::getAsInt)
                .description("Verification keys that hold; with none no token is accepted, but by a secret")
                .register(meters);
        Gauge.builder("heddle.ingest.keys.age", ageSeconds::getAsDouble)
                .description("Since the verification keys were last read; beyond auth.keysMaxAge they hold no more")
                .baseUnit("seconds")
                .register(meters);
    }

    /** Registers the counter of revocations that could not be read. */
    public void watchRevocations(LongSupplier unreadable) {
        FunctionCounter.builder("heddle.ingest.revocations.unreadable", this, metrics -> unreadable.getAsLong())
                .description(
                        "Offsets of agent-revocations that cannot be read, each perhaps a revocation that is not obeyed")
                .register(meters);
    }

    private static Counter counter(MeterRegistry meters, String name, String description) {
        return Counter.builder(name).description(description).register(meters);
    }

    void accepted(int newEvents, int all) {
        appended.increment(newEvents);
        repeated.increment(all - newEvents);
    }

    void taken() {
        taken.increment();
    }

    void unreadable(UnreadableRange skipped) {
        unreadable.increment((double) skipped.offsets());
    }

    void fenced() {
        fenced.increment();
    }

    void searched() {
        searched.increment();
    }

    void refused(IngestResponse.Reason reason) {
        Counter counter = refused.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    void answered(long nanos) {
        answered.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Adds to the bytes of batches that are being worked on; a negative number takes away. */
    void inFlight(long bytes) {
        inFlight.addAndGet(bytes);
    }
}
