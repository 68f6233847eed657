package dev.heddle.topic;

import dev.heddle.concurrent.DaemonThreads;
import dev.heddle.config.KafkaClientSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A reader of a small compacted topic: from its beginning to its end, then on, for as long as the process lives.
 *
 * <p>It owns one thread and one consumer without a group. When Kafka is away it retries and then reads the whole topic
 * again; until then the target keeps its state.
 */
public final class CompactedTopicReader implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CompactedTopicReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration FIRST_POLLS = Duration.ofMillis(50);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    private final LogLimit logged = LogLimit.ofReader();
    private final KafkaClientSettings kafka;
    private final Map<String, Object> properties;
    private final String topic;
    private final Target target;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Consumer<byte[], byte[]> reading;
    private volatile boolean caughtUp;

    /**
     * The recipient of the records; called on the reader's thread only. It must not throw; an exception is logged, and
     * the reader goes on.
     */
    public interface Target {
        /** Takes one record, in the order of its partition; it has no value if its key was deleted. */
        void apply(ConsumerRecord<byte[], byte[]> record, Stage stage);

        /**
         * Takes a range of unreadable offsets, or a record for which {@link #apply} threw; repeated each time the topic
         * is read again.
         */
        default void unreadable(UnreadableRange range) {}

        /** Called after each poll, at least every second as long as Kafka answers. */
        default void tick() {}
    }

    /** The time of a record's writing, relative to the reader's start. */
    public enum Stage {
        /** Written before the reader had caught up, at an unknown time. */
        PAST,
        /** Written just now. */
        LIVE
    }

    private CompactedTopicReader(KafkaClientSettings kafka, String topic, Target target) {
        this.kafka = kafka;
        this.properties = kafka.forConsumer("heddle-" + topic, "earliest");
        // A role's fetch settings for its events, say a short wait, would make this reader fetch in vain all the time.
        this.properties.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        this.properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) POLL.toMillis());
        this.topic = topic;
        this.target = target;
        this.thread = DaemonThreads.newThread("heddle-" + topic, this::run);
    }

    /** Starts a reader, which reads on its own thread. */
    public static CompactedTopicReader start(KafkaClientSettings kafka, String topic, Target target) {
        CompactedTopicReader reader = new CompactedTopicReader(kafka, topic, target);
        reader.thread.start();
        return reader;
    }

    /** True if the topic has been read up to its end at the reader's start; stays true from then on. */
    public boolean isCaughtUp() {
        return caughtUp;
    }

    private void run() {
        while (stopped.getCount() > 0) {
            try {
                Consumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                reading = consumer;
                try {
                    read(consumer);
                } finally {
                    // It has no group to leave, and a farewell would wait behind a fetch that waits for records.
                    consumer.close(CloseOptions.timeout(Duration.ZERO));
                }
            } catch (WakeupException e) {
                return;
            } catch (RuntimeException | Error e) {
                // Any failure: without this thread the topic would no longer be read, and no one would notice.
                failed(e);
                pause();
            }
        }
    }

    private void failed(Throwable failure) {
        boolean isOfKafka = failure instanceof KafkaException || failure instanceof IllegalStateException;
        logged.permit().ifPresent(suppressed -> log.atLevel(isOfKafka ? Level.WARN : Level.ERROR)
                .addKeyValue("topic", topic)
                .addKeyValue("error", failure.getClass().getSimpleName())
                .addKeyValue("suppressed", suppressed)
                .setCause(isOfKafka ? null : failure)
                .log("A topic cannot be read"));
    }

    private void read(Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new UnknownTopicOrPartitionException("topic " + topic + " is missing");
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        SkippingPoller<byte[], byte[]> poller = SkippingPoller.waiting(consumer, kafka, target::unreadable);
        ends.forEach(poller::expect);
        boolean live = false; // Also after Kafka was away the old records come first.
        while (stopped.getCount() > 0) {
            for (ConsumerRecord<byte[], byte[]> record :
                    poller.poll(live ? POLL : FIRST_POLLS).records()) {
                apply(record, live ? Stage.LIVE : Stage.PAST);
            }
            tick();
            if (!live && !partitions.isEmpty()) {
                live = ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
                if (live) {
                    caughtUp = true;
                }
            }
        }
    }

    /**
     * Hands a record to the target. If the target throws, the record is logged and skipped, and the others are not lost
     * with it.
     */
    private void apply(ConsumerRecord<byte[], byte[]> record, Stage stage) {
        try {
            target.apply(record, stage);
        } catch (RuntimeException | StackOverflowError e) {
            logged.permit().ifPresent(suppressed -> log.atError()
                    .addKeyValue("topic", topic)
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("suppressed", suppressed)
                    .setCause(e)
                    .log("A record could not be taken in and is skipped"));
            target.unreadable(new UnreadableRange(
                    new TopicPartition(record.topic(), record.partition()),
                    record.offset(),
                    record.offset() + 1,
                    e.getClass().getSimpleName()));
        }
    }

    private void tick() {
        try {
            target.tick();
        } catch (RuntimeException e) {
            logged.permit().ifPresent(suppressed -> log.atError()
                    .addKeyValue("topic", topic)
                    .addKeyValue("suppressed", suppressed)
                    .setCause(e)
                    .log("What follows from a topic could not be done"));
        }
    }

    private void pause() {
        try {
            if (stopped.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
                log.atDebug().addKeyValue("topic", topic).log("The reader stops");
            }
        } catch (InterruptedException e) {
            stopped.countDown();
        }
    }

    @Override
    public void close() {
        stopped.countDown();
        Consumer<byte[], byte[]> consumer = reading;
        if (consumer != null) {
            consumer.wakeup();
        }
        try {
            thread.join(CLOSE_PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
