package dev.heddle.topic;

import dev.heddle.config.KafkaClientSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * A search for the first readable offset behind an unreadable one. Kafka's consumer does not tell a damaged batch's
 * end. So the search seeks offsets at growing distances until one is outside the batch, then bisects back to the
 * border. For one thread, which it blocks; a search costs some twenty fetches.
 *
 * <p>A batch with a wrong checksum is named by its first offset, so its border is found exactly. A damaged header hides
 * what follows it from every seek up to the next entry of the segment's offset index; that border is found too, but a
 * readable stretch between two such damages that is shorter than the distance searched so far may be passed over.
 */
final class BatchProbe implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration ANSWER = Duration.ofSeconds(5);

    /** The number of answered fetches without a kept offset after which the offset counts as unreadable. */
    private static final double SILENT_FETCHES = 5;

    private static final long ANSWER_NANOS = ANSWER.toNanos();

    /** The time limit of one search, in ns; the next poll begins another search at the offset where it ended. */
    private static final long SEARCH_NANOS = 5_000_000_000L;

    /** A consumer's message about a batch whose checksum is wrong, with the batch's first offset. */
    private static final Pattern NAMED = Pattern.compile("at offset (\\d+) is invalid");

    private static final long UNNAMED = -1;

    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final long end;

    /** The result of reading at an offset. */
    private sealed interface Found {
        /** A record, or a marker, at {@code next}; the offsets before it hold nothing. */
        record Whole(long next) implements Found {}

        /** An unreadable offset; {@code batch} is the first offset of the damaged batch, or {@link #UNNAMED}. */
        record Damaged(long batch, String reason) implements Found {}
    }

    private BatchProbe(Consumer<byte[], byte[]> consumer, TopicPartition partition) {
        this.consumer = consumer;
        this.partition = partition;
        consumer.assign(List.of(partition));
        this.end = consumer.endOffsets(List.of(partition), ANSWER).getOrDefault(partition, 0L);
    }

    /**
     * The unreadable ranges from an offset on, up to the first readable offset or the end; empty if the offset is
     * readable.
     *
     * @throws KafkaException if Kafka does not answer
     */
    static List<UnreadableRange> search(KafkaClientSettings kafka, TopicPartition partition, long offset) {
        try (BatchProbe probe = new BatchProbe(
                new KafkaConsumer<>(settings(kafka), new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                partition)) {
            return probe.from(offset);
        }
    }

    private static Map<String, Object> settings(KafkaClientSettings kafka) {
        Map<String, Object> settings = kafka.forConsumer("heddle-probe", "none");
        settings.put(ConsumerConfig.CHECK_CRCS_CONFIG, true);
        settings.put(ConsumerConfig.CLIENT_RACK_CONFIG, ""); // of the leader: a follower may not have yet what it has
        settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 10);
        // One batch a fetch: Kafka always sends the first one whole.
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        return settings;
    }

    private List<UnreadableRange> from(long offset) {
        List<UnreadableRange> ranges = new ArrayList<>();
        long begun = System.nanoTime();
        long at = offset;
        while (at < end && System.nanoTime() - begun < SEARCH_NANOS) {
            if (!(look(at) instanceof Found.Damaged damaged)) {
                break;
            }
            long behind = behind(at, damaged);
            if (damaged.batch() == UNNAMED && behind < end && look(behind) instanceof Found.Whole whole) {
                behind = whole.next(); // a header that lies about its offsets hides the rest of the batch
            }
            ranges.add(new UnreadableRange(partition, at, behind, damaged.reason()));
            at = behind;
        }
        return ranges;
    }

    /** The first offset behind a damage that begins at an offset. */
    private long behind(long from, Found.Damaged damage) {
        long within = from;
        long beyond = end;
        for (long step = 1; from + step < end; step *= 2) {
            if (!isOf(damage, look(from + step))) {
                beyond = from + step;
                break;
            }
            within = from + step;
        }
        while (beyond - within > 1) {
            long middle = within + (beyond - within) / 2;
            if (isOf(damage, look(middle))) {
                within = middle;
            } else {
                beyond = middle;
            }
        }
        return beyond;
    }

    private static boolean isOf(Found.Damaged damage, Found found) {
        return found instanceof Found.Damaged other && other.batch() == damage.batch();
    }

    private Found look(long offset) {
        try {
            Found found = fetch(offset);
            if (found == null) {
                // A leader that has just changed may not know yet how far the log goes; one that tells an end behind
                // the offset does.
                boolean kept = consumer.endOffsets(List.of(partition), ANSWER).getOrDefault(partition, 0L) > offset;
                found = kept ? fetch(offset) : new Found.Whole(offset);
            }
            return found == null ? new Found.Damaged(UNNAMED, "the broker serves nothing from there on") : found;
        } catch (InvalidOffsetException e) {
            return new Found.Whole(offset); // expired or cut meanwhile: the reader will be told
        } catch (RuntimeException e) {
            if (isOfTheConnection(e)) {
                throw e;
            }
            return new Found.Damaged(batchOf(e), reasonOf(e));
        }
    }

    /** The records of some answered fetches; null if no fetch was answered. */
    private @Nullable Found fetch(long offset) {
        long begun = System.nanoTime();
        double fetched = metric("fetch-total");
        consumer.seek(partition, offset);
        while (metric("fetch-total") - fetched < SILENT_FETCHES) {
            ConsumerRecords<byte[], byte[]> records = poll();
            if (!records.isEmpty()) {
                return new Found.Whole(records.iterator().next().offset());
            }
            if (consumer.position(partition, ANSWER) > offset) {
                return new Found.Whole(offset); // markers only
            }
            if (System.nanoTime() - begun > ANSWER_NANOS || metric("fetch-throttle-time-max") > 0) {
                throw new TimeoutException("Kafka does not answer, or answers less than it could");
            }
        }
        return null;
    }

    /** Polls once; empty if the broker answered with an error, which counts as an empty answer. */
    private ConsumerRecords<byte[], byte[]> poll() {
        try {
            return consumer.poll(POLL);
        } catch (IllegalStateException e) {
            if (isOfTheBroker(e)) {
                return ConsumerRecords.empty();
            }
            throw e;
        }
    }

    /**
     * A value of the consumer's fetch metrics. Silence counts only if fetches were answered and not held back by a
     * quota.
     */
    private double metric(String name) {
        for (Map.Entry<MetricName, ? extends Metric> each : consumer.metrics().entrySet()) {
            if (each.getKey().name().equals(name)
                    && each.getKey().group().equals("consumer-fetch-manager-metrics")
                    && each.getValue().metricValue() instanceof Double value
                    && !value.isNaN()) {
                return value;
            }
        }
        return 0;
    }

    /** True if a failed poll is no sign of damaged bytes in the log. */
    static boolean isOfTheConnection(Throwable failure) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (e instanceof InterruptException
                    || e instanceof WakeupException
                    || e instanceof AuthorizationException
                    || e instanceof AuthenticationException
                    || (e instanceof IllegalStateException && !isOfTheBroker(e))
                    || (e instanceof RetriableException && !(e instanceof CorruptRecordException))) {
                return true;
            }
        }
        return false;
    }

    /**
     * True if the broker itself could not read the requested bytes; the consumer knows only the number of most such
     * errors.
     */
    private static boolean isOfTheBroker(Throwable failure) {
        return String.valueOf(failure.getMessage()).startsWith("Unexpected error code");
    }

    private static long batchOf(Throwable failure) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            Matcher named = NAMED.matcher(String.valueOf(e.getMessage()));
            if (named.find()) {
                return Long.parseLong(named.group(1));
            }
        }
        return UNNAMED;
    }

    private static String reasonOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).replaceAll("\\s*\\R\\s*", " ");
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
