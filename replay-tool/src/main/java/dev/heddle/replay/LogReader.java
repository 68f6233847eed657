package dev.heddle.replay;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.Generation;
import dev.heddle.event.topic.TopicAdmin;
import dev.heddle.event.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The log, open for reading by one thread; only {@link #stop()} may come from another. */
final class LogReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final String LIMIT_MILLIS = "10000";

    private final Generation generation;
    private final KafkaConsumer<byte[], byte[]> consumer;

    private LogReader(Generation generation, KafkaConsumer<byte[], byte[]> consumer) {
        this.generation = generation;
        this.consumer = consumer;
    }

    /** Connects; fails within about ten seconds if Kafka or the log is not there. */
    static LogReader open(KafkaClientSettings kafka) {
        Map<String, Object> asking = kafka.forClient("heddle-replay");
        asking.put("request.timeout.ms", "5000");
        asking.put("default.api.timeout.ms", LIMIT_MILLIS);
        try (Admin admin = Admin.create(asking)) {
            Generation generation = TopicAdmin.generation(admin);
            Map<String, Object> reading = kafka.forClient("heddle-replay");
            reading.put("default.api.timeout.ms", LIMIT_MILLIS);
            reading.put("isolation.level", "read_uncommitted");
            reading.put("enable.auto.commit", "false");
            reading.put("auto.offset.reset", "none");
            reading.put("allow.auto.create.topics", "false");
            return new LogReader(
                    generation, new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
        }
    }

    Generation generation() {
        return generation;
    }

    List<Integer> allPartitions() {
        return IntStream.range(0, generation.partitions()).boxed().toList();
    }

    long earliest(int partition) {
        TopicPartition place = place(partition);
        return consumer.beginningOffsets(List.of(place)).getOrDefault(place, 0L);
    }

    long latest(int partition) {
        TopicPartition place = place(partition);
        return consumer.endOffsets(List.of(place)).getOrDefault(place, 0L);
    }

    /** The first record that Kafka appended at or after the instant; the end if there is none yet. */
    long at(int partition, Instant instant) {
        TopicPartition place = place(partition);
        OffsetAndTimestamp found =
                consumer.offsetsForTimes(Map.of(place, instant.toEpochMilli())).get(place);
        return found == null ? latest(partition) : found.offset();
    }

    /**
     * Reads one partition from an offset to an end.
     *
     * <p>The end is reached when the consumer's position is: the last records before it may be markers of transactions,
     * which nobody sees.
     */
    void scan(int partition, long from, long end, RecordVisitor visitor) {
        TopicPartition place = place(partition);
        consumer.assign(List.of(place));
        consumer.seek(place, from);
        while (consumer.position(place) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < end && !visitor.visit(record)) {
                    return;
                }
            }
        }
    }

    /** Reads what is appended to these partitions from now on, until the visitor has enough or {@link #stop()}. */
    void follow(List<Integer> partitions, RecordVisitor visitor) {
        List<TopicPartition> places = partitions.stream().map(LogReader::place).toList();
        consumer.assign(places);
        consumer.seekToEnd(places);
        try {
            places.forEach(consumer::position);
            visitor.following();
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (!visitor.visit(record)) {
                        return;
                    }
                }
            }
        } catch (WakeupException e) {
            // That is how stop() ends it.
            return;
        }
    }

    private static TopicPartition place(int partition) {
        return new TopicPartition(Topics.AGENT_EVENTS, partition);
    }

    /** Ends {@link #follow} from another thread. */
    void stop() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
