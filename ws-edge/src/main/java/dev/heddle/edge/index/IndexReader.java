package dev.heddle.edge.index;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.index.BlockFilter;
import dev.heddle.topic.EventLogTopics;
import dev.heddle.topic.SkippingPoller;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reader of bounded stretches of the index, one partition at a time. A record that is no index record of this log and
 * partition is counted and left out. For one thread; its calls throw the exceptions of Kafka's consumer.
 */
final class IndexReader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(IndexReader.class);

    private final Consumer<byte[], byte[]> consumer;
    private final EventLogTopics topic;
    private final IndexReaderCounts counts;
    private final SkippingPoller<byte[], byte[]> poller;

    IndexReader(
            Consumer<byte[], byte[]> consumer,
            EventLogTopics topic,
            KafkaClientSettings kafka,
            IndexReaderCounts counts) {
        this.consumer = consumer;
        this.topic = topic;
        this.counts = counts;
        this.poller = SkippingPoller.waiting(consumer, kafka, skipped -> counts.unusableRecord());
    }

    /** The place of the earliest record of a partition that is kept. */
    long begin(int partition, Deadline deadline) {
        TopicPartition asked = assign(partition);
        return Objects.requireNonNull(
                consumer.beginningOffsets(List.of(asked), deadline.left()).get(asked));
    }

    /** The place that the next record of a partition gets. */
    long end(int partition, Deadline deadline) {
        TopicPartition asked = assign(partition);
        return Objects.requireNonNull(
                consumer.endOffsets(List.of(asked), deadline.left()).get(asked));
    }

    /** Reads from {@code stretch.to()} up to a place, or as far as the time goes. */
    void read(int partition, IndexSlice stretch, long upTo, Deadline deadline) {
        long began = System.nanoTime();
        TopicPartition read = assign(partition);
        poller.resume(read);
        poller.seek(read, stretch.to());
        while (stretch.to() < upTo && !deadline.isOver()) {
            SkippingPoller.Polled<byte[], byte[]> polled = poller.poll(deadline.left());
            polled.skipped().forEach(hole -> stretch.hole(Math.min(upTo, hole.to())));
            ConsumerRecords<byte[], byte[]> records = polled.records();
            for (ConsumerRecord<byte[], byte[]> record : records.records(read)) {
                if (record.offset() < upTo) {
                    take(record, stretch);
                }
            }
            Map<TopicPartition, OffsetAndMetadata> next = records.nextOffsets();
            OffsetAndMetadata position = next.get(read);
            if (position != null) {
                stretch.reach(Math.min(upTo, position.offset()));
            }
        }
        poller.pause(read); // or the next poll would bring unwanted records
        counts.read(System.nanoTime() - began);
    }

    private TopicPartition assign(int partition) {
        TopicPartition assigned = topic.indexPartition(partition);
        if (!consumer.assignment().contains(assigned)) {
            consumer.assign(List.of(assigned));
        }
        return assigned;
    }

    private void take(ConsumerRecord<byte[], byte[]> record, IndexSlice into) {
        byte[] key = record.key();
        byte[] value = record.value();
        if (key == null || value == null) {
            counts.unusableRecord();
            return;
        }
        counts.record(key.length + value.length);
        try {
            into.add(record.offset(), BlockFilter.decode(topic.generation(), record.partition(), key, value));
        } catch (InvalidEventException e) {
            log.atDebug()
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("error", e.toString())
                    .log("A record is no index record");
            counts.unusableRecord();
        }
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
