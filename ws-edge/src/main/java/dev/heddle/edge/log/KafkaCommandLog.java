package dev.heddle.edge.log;

import dev.heddle.concurrent.DaemonThreads;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.edge.command.CommandConfig;
import dev.heddle.edge.command.CommandLog;
import dev.heddle.event.AgentCommand;
import dev.heddle.event.CommandCodec;
import dev.heddle.event.Partitioning;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import dev.heddle.topic.LogLimit;
import dev.heddle.trace.TraceParent;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The command log in Kafka: an idempotent producer with {@code acks=all} to the user's partition of
 * {@code agent-commands}.
 *
 * <p>{@code send} may wait for metadata when Kafka is away, so one thread of our own calls it and the callers never
 * wait. A command that has waited there longer than the time-out is answered unavailable and not sent; the queue before
 * the thread is bounded.
 */
public final class KafkaCommandLog implements CommandLog, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KafkaCommandLog.class);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    private final LogLimit logged = LogLimit.ofReader();
    private final Producer<byte[], byte[]> producer;
    private final ThreadPoolExecutor sender;
    private final int partitions;
    private final long timeoutNanos;

    /** @param partitions of {@code agent-commands}, as configured for the log */
    public KafkaCommandLog(KafkaClientSettings kafka, CommandConfig config, int partitions) {
        this.partitions = partitions;
        this.timeoutNanos = config.timeout().toNanos();
        this.producer = new KafkaProducer<>(
                properties(kafka, config.timeout()), new ByteArraySerializer(), new ByteArraySerializer());
        this.sender = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(config.pending()),
                DaemonThreads.named("heddle-commands"));
    }

    private static Map<String, Object> properties(KafkaClientSettings kafka, Duration timeout) {
        Map<String, Object> properties = new HashMap<>(kafka.forClient("heddle-edge-commands"));
        int millis = (int) timeout.toMillis();
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Math.max(1, millis / 2));
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.max(1, millis / 2));
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis);
        return properties;
    }

    @Override
    public void append(AgentCommand command, byte @Nullable [] trace, Consumer<Outcome> done) {
        long asked = System.nanoTime();
        try {
            sender.execute(() -> send(command, trace, asked, done));
        } catch (RejectedExecutionException e) {
            done.accept(Outcome.UNAVAILABLE);
        }
    }

    private void send(AgentCommand command, byte @Nullable [] trace, long asked, Consumer<Outcome> done) {
        if (System.nanoTime() - asked > timeoutNanos) {
            done.accept(Outcome.UNAVAILABLE);
            return;
        }
        UserKey user = command.header().user();
        try {
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                    Topics.AGENT_COMMANDS,
                    Partitioning.partitionOf(user, partitions),
                    user.utf8(),
                    CommandCodec.encode(command),
                    trace == null ? List.of() : List.of(new RecordHeader(TraceParent.HEADER, trace)));
            Future<RecordMetadata> unused = producer.send(record, (metadata, failure) -> done.accept(outcome(failure)));
        } catch (RuntimeException | Error e) {
            // Caught whatever it is: a command without an answer would count as under way while its session lives.
            done.accept(outcome(e));
        }
    }

    private Outcome outcome(@Nullable Throwable failure) {
        if (failure == null) {
            return Outcome.APPENDED;
        } else if (failure instanceof RecordTooLargeException) {
            return Outcome.TOO_LARGE;
        }
        logged.permit().ifPresent(suppressed -> log.atWarn()
                .addKeyValue("error", failure.getClass().getSimpleName())
                .addKeyValue("suppressed", suppressed)
                .log("A command was not acknowledged"));
        return Outcome.UNAVAILABLE;
    }

    @Override
    public void close() {
        sender.shutdown();
        producer.close(CLOSE_PATIENCE);
    }
}
