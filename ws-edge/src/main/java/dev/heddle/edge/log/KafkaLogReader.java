package dev.heddle.edge.log;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.edge.hub.HubObserver;
import dev.heddle.edge.hub.LogReader;
import dev.heddle.edge.hub.LogRecord;
import dev.heddle.edge.hub.RecordPlace;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import dev.heddle.topic.EventLogTopics;
import dev.heddle.topic.LogLimit;
import dev.heddle.topic.SkippingPoller;
import dev.heddle.topic.UnreadableRange;
import dev.heddle.trace.TraceParent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link LogReader} over one Kafka consumer with assigned partitions: no group, no reset policy, no commits.
 *
 * <p>Reading goes on at the consumer's position ({@code ConsumerRecords.nextOffsets()}), not at the last record plus
 * one: transaction markers take offsets too.
 */
final class KafkaLogReader implements LogReader {
    private static final Logger log = LoggerFactory.getLogger(KafkaLogReader.class);
    private static final long BACKOFF_NANOS = 200_000_000;

    private final Consumer<byte[], ByteBuffer> consumer;
    private final SkippingPoller<byte[], ByteBuffer> poller;
    private final EventLogTopics topic;
    private final HubObserver observer;
    private final LogLimit logged = LogLimit.ofReader();
    private final Set<Integer> assigned = new TreeSet<>();
    private boolean changed;
    private volatile @Nullable Thread owner; // known once it has polled without a partition

    /** @param search finds the end of a damaged batch, on another thread than the reader's */
    KafkaLogReader(Consumer<byte[], ByteBuffer> consumer, EventLogTopics topic, HubObserver observer, Search search) {
        this.topic = topic;
        this.consumer = consumer;
        this.observer = observer;
        this.poller = new SkippingPoller<>(
                consumer,
                search.kafka(),
                search.executor(),
                skipped -> observer.unreadable(skipped.partition().partition(), skipped.offsets()));
    }

    /** The means to search for the end of a damaged batch. */
    record Search(KafkaClientSettings kafka, Executor executor) {}

    @Override
    public void seek(int partition, long offset) {
        if (assigned.add(partition)) {
            changed = true;
        }
        applyAssignment();
        poller.seek(topic.partition(partition), offset);
    }

    @Override
    public void pause(int partition) {
        if (assigned.contains(partition)) {
            poller.pause(topic.partition(partition));
        }
    }

    @Override
    public void resume(int partition) {
        if (assigned.contains(partition)) {
            poller.resume(topic.partition(partition));
        }
    }

    @Override
    public void drop(int partition) {
        if (assigned.remove(partition)) {
            changed = true;
            poller.forget(topic.partition(partition));
        }
    }

    @Override
    public void expect(int partition, long end) {
        if (assigned.contains(partition)) {
            poller.expect(topic.partition(partition), end);
        }
    }

    private void applyAssignment() {
        if (changed) {
            consumer.assign(assigned.stream().map(topic::partition).toList());
            changed = false;
        }
    }

    @Override
    public Fetch poll(Duration wait, Wanted wanted) {
        applyAssignment();
        if (assigned.isEmpty()) {
            // A consumer without a partition refuses to poll.
            owner = Thread.currentThread();
            LockSupport.parkNanos(this, wait.toNanos());
            return Fetch.NOTHING;
        }
        try {
            return fetched(poller.poll(wait), wanted);
        } catch (WakeupException e) {
            return Fetch.NOTHING;
        } catch (LogTruncationException e) {
            return lost(e.partitions(), Cause.TRUNCATED);
        } catch (InvalidOffsetException e) {
            return lost(e.partitions(), Cause.OUT_OF_RANGE);
        } catch (UnknownTopicOrPartitionException | UnknownTopicIdException e) {
            return lost(consumer.assignment(), Cause.GONE);
        } catch (InterruptException e) {
            throw e;
        } catch (RetriableException e) {
            return Fetch.NOTHING; // Kafka was too slow with something: the next poll asks again
        } catch (KafkaException | IllegalStateException e) {
            return refused(e);
        }
    }

    /**
     * The result of a poll that Kafka refused, for a withdrawn right for instance: nothing, and the next poll asks for
     * the same again.
     */
    private Fetch refused(RuntimeException e) {
        logged.permit().ifPresent(suppressed -> log.atWarn()
                .addKeyValue("error", e.toString())
                .addKeyValue("suppressed", suppressed)
                .log("Kafka refuses to be read"));
        LockSupport.parkNanos(this, BACKOFF_NANOS);
        return Fetch.NOTHING;
    }

    private Fetch lost(Set<TopicPartition> partitions, Cause cause) {
        List<Lost> lost = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            drop(partition.partition());
            lost.add(new Lost(partition.partition(), cause));
        }
        return new Fetch(List.of(), lost);
    }

    private Fetch fetched(SkippingPoller.Polled<byte[], ByteBuffer> polled, Wanted wanted) {
        if (!polled.skipped().isEmpty()) {
            return new Fetch(
                    polled.skipped().stream().map(KafkaLogReader::behind).toList(), List.of());
        }
        ConsumerRecords<byte[], ByteBuffer> records = polled.records();
        Map<TopicPartition, OffsetAndMetadata> next = records.nextOffsets();
        if (next.isEmpty()) {
            return Fetch.NOTHING;
        }
        List<PartitionFetch> partitions = new ArrayList<>(next.size());
        next.forEach((partition, position) -> {
            Sorted sorted = new Sorted(wanted.in(partition.partition()));
            for (ConsumerRecord<byte[], ByteBuffer> record : records.records(partition)) {
                take(record, sorted);
            }
            int epoch = position.leaderEpoch().orElse(-1);
            partitions.add(new PartitionFetch(
                    partition.partition(),
                    sorted.brought,
                    new Passed(sorted.passed, sorted.passedBytes),
                    new Position(position.offset(), epoch)));
        });
        return new Fetch(partitions, List.of());
    }

    /** An empty fetch up to the end of an unreadable range, whose epoch is unknown. */
    private static PartitionFetch behind(UnreadableRange range) {
        return new PartitionFetch(range.partition().partition(), List.of(), Passed.NONE, new Position(range.to(), -1));
    }

    /** The records that a poll brings of one partition, and the counts of those that it passes over. */
    private static final class Sorted {
        private final Predicate<UserKey> wanted;
        private final List<LogRecord> brought = new ArrayList<>();
        private int passed;
        private long passedBytes;

        Sorted(Predicate<UserKey> wanted) {
            this.wanted = wanted;
        }
    }

    private void take(ConsumerRecord<byte[], ByteBuffer> record, Sorted into) {
        byte[] key = record.key();
        ByteBuffer value = record.value();
        if (key == null || value == null) {
            observer.undecodable(record.partition(), record.offset(), key == null ? "no key" : "no value");
            return;
        }
        UserKey user;
        try {
            user = UserKey.fromUtf8(key);
        } catch (InvalidEventException e) {
            observer.undecodable(record.partition(), record.offset(), String.valueOf(e.getMessage()));
            return;
        }
        if (!into.wanted.test(user)) {
            into.passed++;
            into.passedBytes += key.length + value.remaining();
            return;
        }
        RecordPlace place =
                new RecordPlace(record.offset(), record.leaderEpoch().orElse(-1));
        LogRecord made = new LogRecord(place, record.timestamp(), user, Utils.toArray(value));
        Header trace = record.headers().lastHeader(TraceParent.HEADER);
        if (trace != null && trace.value() != null && trace.value().length == TraceParent.LENGTH) {
            made.setTrace(trace.value());
        }
        into.brought.add(made);
    }

    @Override
    public void wakeup() {
        LockSupport.unpark(owner); // if it is not resting now, its next rest ends at once
        consumer.wakeup();
    }

    @Override
    public void close() {
        try {
            // It has no group to leave, and a farewell would wait behind a fetch that waits for records.
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        } catch (InterruptException e) {
            Thread.currentThread().interrupt();
        }
    }
}
