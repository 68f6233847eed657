package dev.heddle.edge.log;

import dev.heddle.event.Position;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/**
 * The comparison of a position with its partition leader's history of epochs (KIP-320). Kafka's public clients make it
 * in one place only: a consumer that is sent to an offset with an epoch validates the two before it fetches. So this
 * owns a consumer, on a thread of its own that asks one question at a time; it is asked rarely, only for cursors that
 * are older than the last change of leader.
 */
final class EpochCheck implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private final LogTopic topic;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "epoch-check");
        made.setDaemon(true);
        return made;
    });

    EpochCheck(LogTopic topic, Supplier<Consumer<byte[], byte[]>> consumers) {
        this.topic = topic;
        this.consumers = consumers;
    }

    /** The position, or the lower one up to which the leader agrees with it. */
    CompletionStage<Position> agreement(int partition, Position position) {
        return CompletableFuture.supplyAsync(() -> ask(partition, position), thread);
    }

    private Position ask(int partition, Position position) {
        TopicPartition asked = topic.partition(partition);
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
            consumer.assign(List.of(asked));
            consumer.seek(asked, new OffsetAndMetadata(position.offset(), Optional.of(position.leaderEpoch()), ""));
            consumer.poll(Duration.ZERO);
            consumer.position(asked, ANSWER); // returns once the position is valid
            consumer.poll(Duration.ZERO);
            return position;
        } catch (LogTruncationException e) {
            OffsetAndMetadata diverged = e.divergentOffsets().get(asked);
            return diverged == null
                    ? new Position(0, -1)
                    : new Position(diverged.offset(), diverged.leaderEpoch().orElse(-1));
        } catch (OffsetOutOfRangeException e) {
            return new Position(0, -1);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
