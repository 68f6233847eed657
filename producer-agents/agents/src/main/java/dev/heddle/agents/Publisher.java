package dev.heddle.agents;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.EventCodec;
import dev.heddle.event.InvalidEventException;
import dev.heddle.topic.RecordLimit;
import dev.heddle.topic.TopicAdmin;
import dev.heddle.trace.TraceParent;
import dev.heddle.trace.Tracing;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The way into the log: an idempotent Kafka producer with {@code acks=all}. A publish is done when Kafka has
 * acknowledged it, and never before.
 *
 * <p>Safe on any thread, one a process is enough. Events of one user that are published one after the other stand in
 * the log in that order. The partition is computed here from the <em>configured</em> count and passed to Kafka
 * explicitly, so that a client library's own idea of hashing never decides it.
 */
public final class Publisher implements AutoCloseable {

    private final EventProducer events;

    /**
     * The meters and traces of a publisher.
     *
     * @param tracing of the events of runs that belong to a trace; closed by its owner, after the publisher
     */
    public record Telemetry(MeterRegistry meters, Tracing tracing) {

        /** Meters alone: records of a trace still bear its header. */
        public static Telemetry of(MeterRegistry meters) {
            return new Telemetry(meters, Tracing.off());
        }
    }

    Publisher(RecordSink sink, PublisherSettings settings, InstantSource clock, MeterRegistry meters) {
        this(sink, settings, clock, meters, RecordLimit.none());
    }

    /** @param limit of the topic, closed by its owner */
    Publisher(
            RecordSink sink, PublisherSettings settings, InstantSource clock, MeterRegistry meters, RecordLimit limit) {
        this.events = new EventProducer(sink, settings, clock, meters, limit);
    }

    /**
     * Registers the meters of publishers before there is one, so that a process that has published nothing shows them.
     */
    public static void describe(MeterRegistry meters) {
        PublishMetrics unused = new PublishMetrics(meters);
    }

    /**
     * A publisher with default settings for the log at this address; asks it how many partitions it has. For teams that
     * want to publish and nothing more.
     *
     * @param bootstrapServers {@code host:port}, several with commas
     * @throws dev.heddle.config.InvalidSettingException if this is no address
     * @throws dev.heddle.topic.TopicException if Kafka cannot be reached within 10 s or the topics are missing
     */
    public static Publisher connect(String bootstrapServers) {
        KafkaClientSettings kafka = KafkaClientSettings.at(bootstrapServers);
        int partitions = TopicAdmin.generation(kafka, "heddle-publisher-check").partitions();
        return open(kafka, PublisherSettings.defaults().withPartitions(partitions));
    }

    /** A publisher without metrics. Does not wait for Kafka: an unreachable one shows in the first publish. */
    public static Publisher open(KafkaClientSettings kafka, PublisherSettings settings) {
        return open(kafka, settings, new CompositeMeterRegistry());
    }

    public static Publisher open(KafkaClientSettings kafka, PublisherSettings settings, MeterRegistry meters) {
        return open(kafka, settings, Telemetry.of(meters));
    }

    public static Publisher open(KafkaClientSettings kafka, PublisherSettings settings, Telemetry telemetry) {
        RecordSink plain = new PlainSink(
                new KafkaProducer<>(properties(kafka, settings), new ByteArraySerializer(), new ByteArraySerializer()));
        RecordSink sink = new FirstSendGate(plain, Duration.ofMillis(maxBlockMillis(settings)));
        return new Publisher(
                TracedSink.over(sink, telemetry.tracing()), settings, InstantSource.system(), telemetry.meters());
    }

    private static long maxBlockMillis(PublisherSettings settings) {
        return Math.min(settings.deliveryTimeout().toMillis(), 30_000);
    }

    static Map<String, Object> properties(KafkaClientSettings kafka, PublisherSettings settings) {
        Map<String, Object> properties = new HashMap<>(Map.of(
                ProducerConfig.BATCH_SIZE_CONFIG, 64 << 10,
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                        settings.bounds().bufferBytes().bytes(),
                ProducerConfig.MAX_BLOCK_MS_CONFIG, maxBlockMillis(settings)));
        properties.putAll(kafka.forClient("heddle-publisher"));
        int delivery = Math.toIntExact(settings.deliveryTimeout().toMillis());
        int linger = Math.toIntExact(settings.linger().toMillis());
        properties.put(ProducerConfig.LINGER_MS_CONFIG, linger);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, delivery);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(30_000, delivery - linger));
        properties.put(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                settings.bounds().eventBytes().toInt() + 16 * 1024);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        return properties;
    }

    /**
     * Appends one event as it is, without a run's rules: for events of no run, and for command-line tools. Blocks only
     * while the publisher's buffer is full, or the first record of the user's partition is not acknowledged yet.
     *
     * @return completes on Kafka's thread with the event's place once Kafka has acknowledged it, or fails with a
     *     {@link PublishFailedException}; the event may then still have been appended
     * @throws InvalidEventException if the event cannot be stored or is too large
     */
    public CompletionStage<LogPlace> publish(AgentEvent event) {
        return publish(event, null);
    }

    /**
     * Appends one event of a trace, as {@link #publish(AgentEvent)} does.
     *
     * @param traceparent W3C's header of the step that publishes, or null
     */
    public CompletionStage<LogPlace> publish(AgentEvent event, @Nullable String traceparent) {
        byte[] trace = TraceParent.ofEvents(traceparent);
        byte[] value = EventCodec.encode(event);
        events.checkSize(value);
        CompletableFuture<LogPlace> done = new CompletableFuture<>();
        events.send(event.envelope().user(), value, trace, (place, failure) -> {
            if (failure != null) {
                done.completeExceptionally(failure);
            } else {
                done.complete(place);
            }
        });
        return done;
    }

    /** Opens the emitter of a new run. Nothing is appended before its first event. */
    public RunEmitter run(RunAddress address) {
        return run(address, 0);
    }

    /** Opens the emitter of a run's given attempt. */
    public RunEmitter run(RunAddress address, int attempt) {
        return new RunEmitter(events, address, attempt);
    }

    /**
     * Opens the emitter of a run that another process began, at its next attempt; messages, calls and steps that were
     * open are open again.
     *
     * @throws InvalidEventException if the recorded events are not a legal run so far
     */
    public RunEmitter resume(RunAddress address, RecordedRun recorded) {
        return RunEmitter.after(recorded, events, address);
    }

    /**
     * Runs the body as one run and returns when the run's end is in the log: success when it returns, RUN_ERROR with
     * the code {@code agent_failed} when it throws anything, which is thrown on.
     */
    public void run(RunAddress address, RunBody body) throws Exception {
        try (RunEmitter run = run(address)) {
            try {
                body.emit(run);
            } catch (Throwable e) {
                try {
                    run.fail("agent_failed", "The agent failed.");
                } catch (PublishFailedException second) {
                    e.addSuppressed(second);
                }
                throw e;
            }
            run.finishUnbroken();
        }
    }

    /** The work of one run. */
    @FunctionalInterface
    public interface RunBody {
        void emit(RunEmitter run) throws Exception;
    }

    public PublisherSettings settings() {
        return events.settings();
    }

    EventProducer events() {
        return events;
    }

    InstantSource clock() {
        return events.clock();
    }

    /** Waits for unacknowledged events, at most as long as the delivery time-out, and closes the producer. */
    @Override
    public void close() {
        events.close();
    }
}
