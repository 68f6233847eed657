package dev.heddle.replay.log;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.Generation;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import dev.heddle.event.index.Block;
import dev.heddle.event.index.BlockFilter;
import dev.heddle.topic.SkippingPoller;
import dev.heddle.topic.UnreadableRange;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/** The log, open for reading by one thread; only {@link #stop()} may come from another. */
public final class LogReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Comparator<UnreadableRange> BY_PLACE = Comparator.comparingInt(
                    (UnreadableRange range) -> range.partition().partition())
            .thenComparingLong(UnreadableRange::from)
            .thenComparingLong(UnreadableRange::to);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final KafkaClientSettings kafka;
    private final LogTopic topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final SkippingPoller<byte[], byte[]> poller;
    private final NavigableSet<UnreadableRange> unreadable;

    LogReader(KafkaClientSettings kafka, LogTopic topic, KafkaConsumer<byte[], byte[]> consumer) {
        this(kafka, topic, consumer, new ConcurrentSkipListSet<>(BY_PLACE));
    }

    private LogReader(
            KafkaClientSettings kafka,
            LogTopic topic,
            KafkaConsumer<byte[], byte[]> consumer,
            NavigableSet<UnreadableRange> unreadable) {
        this.kafka = kafka;
        this.topic = topic;
        this.consumer = consumer;
        this.unreadable = unreadable;
        this.poller = SkippingPoller.waiting(consumer, kafka, this::skipped);
    }

    private void skipped(UnreadableRange range) {
        if (range.partition().topic().equals(topic.name())) {
            unreadable.add(range);
        }
    }

    /** What of the log could not be read so far, by this reader and the others that were made of it; in order. */
    public List<UnreadableRange> unreadable() {
        return List.copyOf(unreadable);
    }

    /**
     * Connects; fails within about ten seconds if Kafka or the log is not there.
     *
     * @param topic the log's name
     */
    public static LogReader open(KafkaClientSettings kafka, String topic) {
        return LogConnection.open(kafka, topic);
    }

    /** The same for a topic that was made a moment ago: waits until brokers know of it, for about ten seconds. */
    public static LogReader openNew(KafkaClientSettings kafka, String topic) {
        return LogConnection.openNew(kafka, topic);
    }

    /** Another reader of the same log, for another thread. */
    public LogReader another() {
        return new LogReader(kafka, topic, LogConnection.consumer(kafka), unreadable);
    }

    /** What Kafka's other client is to be asked. */
    public interface Question<T> {
        T of(Admin admin) throws InterruptedException;
    }

    /** Asks Kafka what a consumer cannot. */
    public <T> T ask(Question<T> question) throws InterruptedException {
        try (Admin admin = LogConnection.admin(kafka)) {
            return question.of(admin);
        }
    }

    public LogTopic topic() {
        return topic;
    }

    public List<Integer> allPartitions() {
        return IntStream.range(0, topic.generation().partitions()).boxed().toList();
    }

    /** All of a partition that is kept now. */
    public Stretch extent(int partition) {
        return extents(List.of(partition)).get(0);
    }

    /** All that is kept now of each of these partitions, in order. */
    public List<Stretch> extents(List<Integer> partitions) {
        List<TopicPartition> places = partitions.stream().map(topic::place).toList();
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(places);
        Map<TopicPartition, Long> ends = consumer.endOffsets(places);
        return places.stream()
                .map(place -> {
                    long begin = begins.getOrDefault(place, 0L);
                    return new Stretch(place.partition(), begin, Math.max(begin, ends.getOrDefault(place, begin)));
                })
                .toList();
    }

    /** The first record that Kafka appended at or after the instant; the end if there is none yet. */
    public long at(int partition, Instant instant) {
        TopicPartition place = topic.place(partition);
        OffsetAndTimestamp found =
                consumer.offsetsForTimes(Map.of(place, instant.toEpochMilli())).get(place);
        return found == null ? extent(partition).to() : found.offset();
    }

    /** Reads all of a stretch. */
    public void scan(Stretch stretch, RecordVisitor visitor) {
        scan(stretch, UserIndex.none(), visitor);
    }

    /**
     * Reads a stretch but what the index denies.
     *
     * <p>The end is reached when the consumer's position is: the last records before it may be markers of transactions,
     * which nobody sees.
     */
    public void scan(Stretch stretch, UserIndex index, RecordVisitor visitor) {
        TopicPartition place = topic.place(stretch.partition());
        consumer.assign(List.of(place));
        long at = index.next(stretch.from(), stretch.to());
        go(place, at, stretch.to());
        long heard = System.nanoTime();
        while (at < stretch.to()) {
            SkippingPoller.Polled<byte[], byte[]> polled = poller.poll(POLL);
            polled.skipped().forEach(visitor::unreadable);
            for (ConsumerRecord<byte[], byte[]> record : polled.records().records(place)) {
                if (record.offset() < stretch.to() && !visitor.visit(record)) {
                    return;
                }
            }
            OptionalLong position = next(polled, place);
            if (position.isEmpty()) {
                refuseToWaitSince(heard, place);
                continue;
            }
            heard = System.nanoTime();
            at = index.next(position.getAsLong(), stretch.to());
            if (at > position.getAsLong()) {
                go(place, at, stretch.to());
            }
            visitor.reached(Math.min(at, stretch.to()));
        }
        visitor.reached(stretch.to());
    }

    private void go(TopicPartition place, long from, long to) {
        poller.seek(place, from);
        poller.expect(place, to);
    }

    /** Where reading goes on after a poll; empty if that brought nothing. */
    private static OptionalLong next(SkippingPoller.Polled<byte[], byte[]> polled, TopicPartition place) {
        List<UnreadableRange> skipped = polled.skipped();
        if (!skipped.isEmpty()) {
            return OptionalLong.of(skipped.get(skipped.size() - 1).to());
        }
        OffsetAndMetadata position = polled.records().nextOffsets().get(place);
        return position == null ? OptionalLong.empty() : OptionalLong.of(position.offset());
    }

    private static void refuseToWaitSince(long heard, TopicPartition place) {
        if (System.nanoTime() - heard > PATIENCE.toNanos()) {
            throw new ReplayException(
                    "Kafka gives nothing of " + place + " any more since " + PATIENCE.toSeconds() + " s");
        }
    }

    /** What the index says of this user; knows nothing if there is no index. */
    public UserIndex indexOf(UserKey user, int partition) {
        UserIndex index = new UserIndex(user);
        readIndex(partition, index::take);
        return index;
    }

    /** Gives all records of one partition of the index, in order; none if there is no index. */
    public IndexReading readIndex(int partition, Consumer<BlockFilter> into) {
        List<PartitionInfo> found = consumer.partitionsFor(topic.indexName());
        if (found == null || found.size() != topic.generation().partitions()) {
            return IndexReading.NOTHING;
        }
        TopicPartition place = topic.indexPlace(partition);
        consumer.assign(List.of(place));
        long begin = consumer.beginningOffsets(List.of(place)).getOrDefault(place, 0L);
        long end = consumer.endOffsets(List.of(place)).getOrDefault(place, begin);
        go(place, begin, end);
        IndexIntake intake = new IndexIntake(topic.generation(), into);
        long heard = System.nanoTime();
        long at = begin;
        while (at < end) {
            SkippingPoller.Polled<byte[], byte[]> polled = poller.poll(POLL);
            if (!polled.skipped().isEmpty()) {
                // What cannot be read may have taken back all that came before.
                intake.unusable();
                into.accept(BlockFilter.rewind(Block.of(topic.generation(), partition, 0)));
            }
            polled.records().records(place).forEach(intake::take);
            OptionalLong position = next(polled, place);
            if (position.isEmpty()) {
                refuseToWaitSince(heard, place);
            } else {
                heard = System.nanoTime();
                at = position.getAsLong();
            }
        }
        return intake.reading();
    }

    /** Reads what is appended to these partitions from now on, until the visitor has enough or {@link #stop()}. */
    public void follow(List<Integer> partitions, RecordVisitor visitor) {
        List<TopicPartition> places = partitions.stream().map(topic::place).toList();
        consumer.assign(places);
        consumer.endOffsets(places).forEach(consumer::seek);
        try {
            visitor.following();
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

    /** The counting of one reading of the index, and the leaving out of what is no index record of this log. */
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
                BlockFilter filter = BlockFilter.decode(key, value);
                if (filter.block().partition() == record.partition()
                        && filter.block().generation().equals(generation)) {
                    into.accept(filter);
                    return;
                }
            } catch (InvalidEventException e) {
                unusable++;
                return;
            }
            unusable++;
        }

        void unusable() {
            unusable++;
        }

        IndexReading reading() {
            return new IndexReading(records, unusable, bytes);
        }
    }
}
