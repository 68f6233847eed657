package dev.heddle.executor;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.EventItem;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import dev.heddle.topic.EventRecords;
import dev.heddle.topic.PartitionReader;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiConsumer;

/**
 * The reader of past events in one partition of {@code agent-events}, from a time on. Blocking; each call has a
 * consumer of its own, so any thread may call.
 */
public final class RunHistory {

    /** The greatest difference of the clocks that stamp a command and its events, those of two partitions' leaders. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

    private final HistoryReaders readers;

    public RunHistory(KafkaClientSettings kafka) {
        this(new HistoryReaders(kafka, skipped -> {}));
    }

    RunHistory(HistoryReaders readers) {
        this.readers = readers;
    }

    /**
     * Gathers the events of runs and the replies to commands, from the given time to the current end of the log.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka cannot be read
     */
    PartitionHistory read(int partition, Instant from) {
        PartitionHistory history = new PartitionHistory();
        forEach(partition, from.minus(CLOCK_SKEW), history::add);
        return history;
    }

    /**
     * Hands over every event of the partition from the given time to the current end of the log, in order. A record
     * that cannot be decoded is left out: edges count and report it.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka cannot be read
     */
    public void forEach(int partition, Instant from, BiConsumer<UserKey, EventItem> sink) {
        try (PartitionReader reader = readers.open(Topics.AGENT_EVENTS, partition)) {
            long end = reader.end();
            reader.read(reader.at(from), end, record -> EventRecords.decode(record, sink));
        }
    }
}
