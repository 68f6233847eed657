package dev.heddle.topic;

import dev.heddle.config.KafkaClientSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A poller that skips damaged batches, so that no bytes in the log can stop it. Every reader of Heddle's topics uses
 * it.
 *
 * <p>Kafka's consumer throws at a damaged batch, and again at each poll, so that its other partitions starve. Here the
 * partition is paused, the batch's end is searched by a {@link BatchProbe}, and reading goes on behind it. A skipped
 * range is handed to the listener and is part of {@link Polled#skipped}. A partition of which Kafka serves nothing
 * although more is expected ({@link #expect}) is searched the same way.
 *
 * <p>Exceptions that are no sign of damaged bytes are passed on: a wake-up, an interrupt, offsets out of range, a
 * withdrawn permission, a slow Kafka. Owned by the thread that owns the consumer; searches run on the executor.
 */
public final class SkippingPoller<K, V> {
    private static final Logger log = LoggerFactory.getLogger(SkippingPoller.class);
    private static final long LOOK_NANOS = 100_000_000;
    private static final long RETRY_NANOS = 1_000_000_000;
    private static final long PAUSE_NANOS = 50_000_000;

    /** The silence of a partition in ns after which it is searched; a fetch of existing records takes milliseconds. */
    private static final long SILENCE_NANOS = 2_000_000_000L;

    private final Consumer<K, V> consumer;
    private final Function<Place, List<UnreadableRange>> search;
    private final Executor searching;
    private final java.util.function.Consumer<UnreadableRange> listener;
    private final LogLimit logged = LogLimit.ofReader();
    private final Map<TopicPartition, Search> searches = new HashMap<>();
    private final Map<TopicPartition, Expected> expected = new HashMap<>();
    private final Set<TopicPartition> pausedByOwner = new HashSet<>();

    private long lookedAt = System.nanoTime();

    private record Place(TopicPartition partition, long offset) {}

    private record Search(long offset, CompletableFuture<List<UnreadableRange>> found) {}

    /** The expected end of a partition, and the position and time of the last progress towards it. */
    private record Expected(long end, long position, long since) {}

    /**
     * The result of a poll.
     *
     * @param skipped ranges that were skipped; reading goes on behind each
     */
    public record Polled<K, V>(ConsumerRecords<K, V> records, List<UnreadableRange> skipped) {}

    /**
     * @param kafka how the search reaches Kafka
     * @param searching runs a search; {@code Runnable::run} lets the poll wait for it
     * @param listener told of each range that is skipped, on the polling thread
     */
    public SkippingPoller(
            Consumer<K, V> consumer,
            KafkaClientSettings kafka,
            Executor searching,
            java.util.function.Consumer<UnreadableRange> listener) {
        this.consumer = consumer;
        this.search = place -> BatchProbe.search(kafka, place.partition(), place.offset());
        this.searching = searching;
        this.listener = listener;
    }

    /** A poller of a consumer whose owner waits while the end of a damaged batch is searched. */
    public static <K, V> SkippingPoller<K, V> waiting(
            Consumer<K, V> consumer, KafkaClientSettings kafka, java.util.function.Consumer<UnreadableRange> listener) {
        return new SkippingPoller<>(consumer, kafka, Runnable::run, listener);
    }

    /**
     * Sets the offset up to which the partition holds records, so that silence before it is not taken for the end of
     * the log.
     */
    public void expect(TopicPartition partition, long end) {
        Expected before = expected.get(partition);
        if (before == null) {
            expected.put(partition, new Expected(end, -1, System.nanoTime()));
        } else if (before.end() < end) {
            expected.put(partition, new Expected(end, before.position(), before.since()));
        }
    }

    /** Continues the partition at another offset, and drops a search that is running there. */
    public void seek(TopicPartition partition, long offset) {
        searches.remove(partition);
        expected.remove(partition);
        consumer.seek(partition, offset);
        if (!pausedByOwner.contains(partition)) {
            consumer.resume(Set.of(partition));
        }
    }

    /** The offset of the next record that a poll can return. */
    public long position(TopicPartition partition) {
        return consumer.position(partition);
    }

    /** Excludes a partition from polls until {@link #resume}. */
    public void pause(TopicPartition partition) {
        pausedByOwner.add(partition);
        consumer.pause(Set.of(partition));
    }

    /** Includes a partition in polls again, as soon as a search there has ended. */
    public void resume(TopicPartition partition) {
        pausedByOwner.remove(partition);
        if (!searches.containsKey(partition)) {
            consumer.resume(Set.of(partition));
        }
    }

    /** Removes the state of a partition that is no longer read. */
    public void forget(TopicPartition partition) {
        searches.remove(partition);
        expected.remove(partition);
        pausedByOwner.remove(partition);
    }

    /**
     * Polls the consumer, and skips unreadable ranges.
     *
     * @throws KafkaException that says nothing about the log's bytes
     */
    public Polled<K, V> poll(Duration wait) {
        List<UnreadableRange> skipped = settle();
        if (!skipped.isEmpty()) {
            return new Polled<>(ConsumerRecords.empty(), skipped);
        }
        ConsumerRecords<K, V> records;
        try {
            records = consumer.poll(wait);
        } catch (RuntimeException e) {
            if (e instanceof InvalidOffsetException || BatchProbe.isOfTheConnection(e)) {
                throw e;
            }
            return isolate(e);
        }
        if (!expected.isEmpty()) {
            lookForSilence();
        }
        return new Polled<>(records, List.of());
    }

    /** Pauses and searches the partitions that a failed poll was about. */
    private Polled<K, V> isolate(RuntimeException failure) {
        List<TopicPartition> polled = new ArrayList<>(consumer.assignment());
        polled.removeAll(consumer.paused());
        List<TopicPartition> named =
                polled.stream().filter(partition -> isNamed(partition, failure)).toList();
        named.forEach(partition -> search(partition, searching));
        if (named.isEmpty()) {
            // It is not told which one: all are looked at, and the failure is passed on if it is none.
            polled.forEach(partition -> search(partition, Runnable::run));
        }
        List<UnreadableRange> skipped = settle();
        if (named.isEmpty() && skipped.isEmpty()) {
            throw failure;
        }
        return new Polled<>(ConsumerRecords.empty(), skipped);
    }

    private static boolean isNamed(TopicPartition partition, Throwable failure) {
        Pattern name = Pattern.compile("(?<![\\w.-])" + Pattern.quote(partition.toString()) + "(?!\\d)");
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (name.matcher(String.valueOf(e.getMessage())).find()) {
                return true;
            }
        }
        return false;
    }

    private void search(TopicPartition partition, Executor executor) {
        long offset = consumer.position(partition);
        consumer.pause(Set.of(partition));
        CompletableFuture<List<UnreadableRange>> found = new CompletableFuture<>();
        searches.put(partition, new Search(offset, found));
        executor.execute(() -> found.complete(found(new Place(partition, offset))));
    }

    private List<UnreadableRange> found(Place place) {
        try {
            return search.apply(place);
        } catch (RuntimeException | Error e) {
            // Also an error: a search that never ends would leave its partition out for ever.
            log.atLevel(e instanceof Error ? Level.ERROR : Level.DEBUG)
                    .addKeyValue("partition", place.partition())
                    .setCause(e)
                    .log("A search for a readable offset failed");
            return List.of();
        }
    }

    /** Continues behind the unreadable ranges of finished searches, and returns these ranges. */
    private List<UnreadableRange> settle() {
        if (searches.isEmpty()) {
            return List.of();
        }
        List<UnreadableRange> skipped = new ArrayList<>();
        for (Map.Entry<TopicPartition, Search> each : Map.copyOf(searches).entrySet()) {
            if (each.getValue().found().isDone()) {
                searches.remove(each.getKey());
                settle(each.getKey(), each.getValue(), skipped);
            }
        }
        return skipped;
    }

    private void settle(TopicPartition partition, Search search, List<UnreadableRange> skipped) {
        if (!consumer.assignment().contains(partition)) {
            return;
        }
        List<UnreadableRange> found = List.of();
        if (consumer.position(partition) == search.offset()) {
            found = search.found().join();
            long next = found.isEmpty()
                    ? search.offset()
                    : found.get(found.size() - 1).to();
            consumer.seek(partition, next); // also drops the batch that the consumer holds, which may be whole by now
            if (found.isEmpty()) {
                LockSupport.parkNanos(this, PAUSE_NANOS); // Kafka was away, or the bytes were damaged on their way only
            }
        }
        if (!pausedByOwner.contains(partition)) {
            consumer.resume(Set.of(partition));
        }
        found.forEach(this::told);
        skipped.addAll(found);
    }

    private void told(UnreadableRange range) {
        logged.permit().ifPresent(suppressed -> log.atWarn()
                .addKeyValue("topic", range.partition().topic())
                .addKeyValue("partition", range.partition().partition())
                .addKeyValue("from", range.from())
                .addKeyValue("to", range.to())
                .addKeyValue("reason", range.reason())
                .addKeyValue("suppressed", suppressed)
                .log("A part of the log cannot be read and is skipped"));
        listener.accept(range);
    }

    /**
     * Searches partitions that are silent. It runs at most every 100 ms, because it costs more than a poll of few
     * records.
     */
    private void lookForSilence() {
        long now = System.nanoTime();
        if (now - lookedAt < LOOK_NANOS) {
            return;
        }
        lookedAt = now;
        Set<TopicPartition> assigned = consumer.assignment();
        Set<TopicPartition> paused = consumer.paused();
        for (Map.Entry<TopicPartition, Expected> each : Map.copyOf(expected).entrySet()) {
            TopicPartition partition = each.getKey();
            Expected last = each.getValue();
            if (!assigned.contains(partition)) {
                expected.remove(partition);
            } else if (!paused.contains(partition)) {
                long position = consumer.position(partition);
                if (position >= last.end()) {
                    expected.remove(partition);
                } else if (position != last.position()) {
                    expected.put(partition, new Expected(last.end(), position, now));
                } else if (now - last.since() > SILENCE_NANOS) {
                    expected.put(partition, new Expected(last.end(), position, now + RETRY_NANOS));
                    search(partition, searching);
                }
            }
        }
    }
}
