package dev.heddle.replay.log;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.Generation;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import dev.heddle.event.index.Block;
import dev.heddle.event.index.BlockFilter;
import dev.heddle.topic.EventLogTopics;
import dev.heddle.topic.PartitionPass;
import dev.heddle.topic.SkippingPoller;
import dev.heddle.topic.UnreadableRange;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;

/** A reader of the log, for one thread; only {@link #stop()} may be called by another. */
public final class LogConsumer implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Comparator<UnreadableRange> BY_PLACE = Comparator.comparingInt(
                    (UnreadableRange range) -> range.partition().partition())
            .thenComparingLong(UnreadableRange::from)
            .thenComparingLong(UnreadableRange::to);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final long NEW_NANOS = 10_000_000_000L;
    private static final long PAUSE_NANOS = 50_000_000L;

    private final LogConnection connection;
    private final EventLogTopics topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final SkippingPoller<byte[], byte[]> poller;
    private final NavigableSet<UnreadableRange> unreadable;

    private LogConsumer(LogConnection connection, NavigableSet<UnreadableRange> unreadable) {
        this.connection = connection;
        this.topic = connection.topic();
        this.consumer = connection.consumer();
        this.unreadable = unreadable;
        this.poller = SkippingPoller.waiting(consumer, connection.kafka(), this::skipped);
    }

    private void skipped(UnreadableRange range) {
        if (range.partition().topic().equals(topic.name())) {
            unreadable.add(range);
        }
    }

    /** The ranges that this reader, and those made by {@link #another()}, could not read so far, in order. */
    public List<UnreadableRange> unreadable() {
        return List.copyOf(unreadable);
    }

    /**
     * Connects; fails within about ten seconds if Kafka does not answer or the log is missing.
     *
     * @param topic the log's name
     */
    public static LogConsumer open(KafkaClientSettings kafka, String topic) {
        return new LogConsumer(LogConnection.open(kafka, topic), new ConcurrentSkipListSet<>(BY_PLACE));
    }

    /** Connects to a topic that was created a moment ago; waits up to about ten seconds until brokers know of it. */
    public static LogConsumer openNew(KafkaClientSettings kafka, String topic) {
        long begun = System.nanoTime();
        while (true) {
            try {
                LogConsumer log = open(kafka, topic);
                log.extents(log.allPartitions()); // a broker leads new partitions a moment after it knows of them
                return log;
            } catch (ReplayException e) {
                if (System.nanoTime() - begun > NEW_NANOS
                        || !String.valueOf(e.getMessage()).endsWith("is missing")) {
                    throw e;
                }
                LockSupport.parkNanos(topic, PAUSE_NANOS);
            }
        }
    }

    /** Another reader of the same log, for another thread. */
    public LogConsumer another() {
        return new LogConsumer(connection.another(), unreadable);
    }

    /** Runs requests with an admin client of their own. */
    public <T> T ask(Function<Admin, T> requests) {
        try (Admin admin = LogConnection.admin(connection.kafka())) {
            return requests.apply(admin);
        }
    }

    /**
     * Waits for the result of a request.
     *
     * @throws KafkaException with the reason, if the request failed
     */
    public static <T> T await(KafkaFuture<T> result) {
        return LogConnection.await(result);
    }

    public EventLogTopics topic() {
        return topic;
    }

    public List<Integer> allPartitions() {
        return IntStream.range(0, topic.generation().partitions()).boxed().toList();
    }

    /** The range of a partition's retained offsets. */
    public OffsetRange extent(int partition) {
        return extents(List.of(partition)).get(0);
    }

    /** The range of retained offsets of each of these partitions, in the order of the partitions. */
    public List<OffsetRange> extents(List<Integer> partitions) {
        List<TopicPartition> places = partitions.stream().map(topic::partition).toList();
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(places);
        Map<TopicPartition, Long> ends = consumer.endOffsets(places);
        return places.stream()
                .map(place -> {
                    long begin = begins.getOrDefault(place, 0L);
                    return new OffsetRange(place.partition(), begin, Math.max(begin, ends.getOrDefault(place, begin)));
                })
                .toList();
    }

    /** The offset of the first record that Kafka appended at or after the instant; the end if there is none. */
    public long at(int partition, Instant instant) {
        TopicPartition place = topic.partition(partition);
        OffsetAndTimestamp found =
                consumer.offsetsForTimes(Map.of(place, instant.toEpochMilli())).get(place);
        return found == null ? extent(partition).to() : found.offset();
    }

    /** Reads a range of offsets. */
    public void scan(OffsetRange offsets, PartitionPass.Visitor visitor) {
        scan(offsets, UserIndex.none(), visitor);
    }

    /**
     * Reads a range of offsets, except blocks without records of the user by the index.
     *
     * <p>The end is reached by the consumer's position, because the last records before it may be transaction markers,
     * which a consumer never returns.
     */
    public void scan(OffsetRange offsets, UserIndex index, PartitionPass.Visitor visitor) {
        TopicPartition place = topic.partition(offsets.partition());
        long from = index.next(offsets.from(), offsets.to());
        boolean isWhole = read(place, from, offsets.to(), new PartitionPass.Visitor() {
            @Override
            public boolean visit(ConsumerRecord<byte[], byte[]> record) {
                return visitor.visit(record);
            }

            @Override
            public void unreadable(UnreadableRange range) {
                visitor.unreadable(range);
            }

            @Override
            public long reached(long offset) {
                return visitor.reached(index.next(offset, offsets.to()));
            }
        });
        if (isWhole) {
            visitor.reached(offsets.to());
        }
    }

    private boolean read(TopicPartition place, long from, long to, PartitionPass.Visitor visitor) {
        consumer.assign(List.of(place));
        try {
            return new PartitionPass(poller, place, PATIENCE).read(from, to, visitor);
        } catch (TimeoutException e) {
            throw new ReplayException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The index for this user; empty if there is no index topic. */
    public UserIndex indexOf(UserKey user, int partition) {
        UserIndex index = new UserIndex(user);
        readIndex(partition, index::take);
        return index;
    }

    /** Reads all records of one partition of the index, in order; none if there is no index topic. */
    public IndexReading readIndex(int partition, Consumer<BlockFilter> into) {
        List<PartitionInfo> found = consumer.partitionsFor(topic.indexName());
        if (found == null || found.size() != topic.generation().partitions()) {
            return IndexReading.NOTHING;
        }
        TopicPartition place = topic.indexPartition(partition);
        long begin = consumer.beginningOffsets(List.of(place)).getOrDefault(place, 0L);
        long end = consumer.endOffsets(List.of(place)).getOrDefault(place, begin);
        IndexIntake intake = new IndexIntake(topic.generation(), into);
        read(place, begin, end, new PartitionPass.Visitor() {
            @Override
            public boolean visit(ConsumerRecord<byte[], byte[]> record) {
                intake.take(record);
                return true;
            }

            @Override
            public void unreadable(UnreadableRange range) {
                // An unreadable record may be a rewind, which invalidates all earlier ones.
                intake.unusable();
                into.accept(BlockFilter.rewind(Block.of(topic.generation(), partition, 0)));
            }
        });
        return intake.reading();
    }

    /**
     * Reads records appended to these partitions from now on, until the visitor ends the scan or {@link #stop()}.
     *
     * @param following runs once every record appended from then on will be visited
     */
    public void follow(List<Integer> partitions, Runnable following, PartitionPass.Visitor visitor) {
        List<TopicPartition> places = partitions.stream().map(topic::partition).toList();
        consumer.assign(places);
        consumer.endOffsets(places).forEach(consumer::seek);
        try {
            following.run();
            while (true) {
                SkippingPoller.Polled<byte[], byte[]> polled = poller.poll(POLL);
                polled.skipped().forEach(visitor::unreadable);
                for (ConsumerRecord<byte[], byte[]> record : polled.records()) {
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

    /** Ends {@link #follow} from another thread. */
    public void stop() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }

    /**
     * The receiver of one reading of the index: it counts records, and drops those that are no index records of this
     * log.
     */
    private static final class IndexIntake {
        private final Generation generation;
        private final Consumer<BlockFilter> into;
        private long records;
        private long unusable;
        private long bytes;

        IndexIntake(Generation generation, Consumer<BlockFilter> into) {
            this.generation = generation;
            this.into = into;
        }

        void take(ConsumerRecord<byte[], byte[]> record) {
            records++;
            byte[] key = record.key();
            byte[] value = record.value();
            if (key == null || value == null) {
                unusable++;
                return;
            }
            bytes += key.length + value.length;
            try {
                into.accept(BlockFilter.decode(generation, record.partition(), key, value));
            } catch (InvalidEventException e) {
                unusable++;
            }
        }

        void unusable() {
            unusable++;
        }

        IndexReading reading() {
            return new IndexReading(records, unusable, bytes);
        }
    }
}
