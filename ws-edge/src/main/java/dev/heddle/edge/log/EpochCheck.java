package dev.heddle.edge.log;

import dev.heddle.concurrent.DaemonThreads;
import dev.heddle.edge.hub.EventLog.Extent;
import dev.heddle.event.Position;
import dev.heddle.topic.EventLogTopics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/**
 * The comparison of positions with their partition leader's history of epochs (KIP-320). Kafka's public clients make it
 * in one place only: a consumer that is sent to an offset with an epoch validates the two before it fetches, and
 * reports the offset at which they part. This class therefore owns a thread that checks one epoch at a time, with a
 * consumer.
 *
 * <p>A check asks for the extent of an epoch, not for the validity of one cursor: its result serves every cursor of
 * that partition and epoch until the leader changes again. Thousands of clients that resume after an election thus cost
 * one check a partition.
 */
final class EpochCheck implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private final EventLogTopics topic;
    private final Supplier<Consumer<?, ?>> consumers;
    private final ConcurrentHashMap<Epoch, Reach> known = new ConcurrentHashMap<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(DaemonThreads.named("epoch-check"));

    private record Epoch(int partition, int leaderEpoch) {}

    /**
     * The extent of an epoch: the last position at which the log agrees with it.
     *
     * @param agreed the log agrees with positions of the epoch up to here
     * @param isEnd true if it agrees with no position beyond; false if the log ended here at the time of the request
     * @param currentEpoch the epoch of the leader that answered
     */
    private record Reach(Position agreed, boolean isEnd, int currentEpoch) {
        boolean decides(Position position, Extent now) {
            return currentEpoch == now.leaderEpoch() && (isEnd || position.offset() <= agreed.offset());
        }

        Position agreement(Position position) {
            return position.offset() <= agreed.offset() ? position : agreed;
        }
    }

    EpochCheck(EventLogTopics topic, Supplier<Consumer<?, ?>> consumers) {
        this.topic = topic;
        this.consumers = consumers;
    }

    /** The position, or the lower one up to which the leader agrees with it. */
    CompletionStage<Position> agreement(int partition, Position position, Extent now) {
        Epoch epoch = new Epoch(partition, position.leaderEpoch());
        Reach reach = known.get(epoch);
        if (reach != null && reach.decides(position, now)) {
            return CompletableFuture.completedStage(reach.agreement(position));
        }
        return CompletableFuture.supplyAsync(() -> ask(epoch, position, now), thread);
    }

    private Position ask(Epoch epoch, Position position, Extent now) {
        Reach reach = known.get(epoch);
        if (reach == null || !reach.decides(position, now)) { // no other request has asked while this one waited
            reach = ask(epoch, now);
            known.put(epoch, reach);
        }
        return reach.agreement(position);
    }

    private Reach ask(Epoch epoch, Extent now) {
        TopicPartition asked = topic.partition(epoch.partition());
        try (Consumer<?, ?> consumer = consumers.get()) {
            consumer.assign(List.of(asked));
            // A consumer that does not know the leader's epoch yet takes any position for valid: so it asks the leader
            // first.
            consumer.endOffsets(List.of(asked), ANSWER);
            consumer.seek(asked, new OffsetAndMetadata(now.end(), Optional.of(epoch.leaderEpoch()), ""));
            consumer.poll(Duration.ZERO);
            consumer.position(asked, ANSWER); // returns once the position is valid
            consumer.poll(Duration.ZERO);
            return new Reach(new Position(now.end(), epoch.leaderEpoch()), false, now.leaderEpoch());
        } catch (LogTruncationException e) {
            OffsetAndMetadata parted = e.divergentOffsets().get(asked);
            return parted == null
                    ? nothing(now)
                    : new Reach(
                            new Position(parted.offset(), parted.leaderEpoch().orElse(-1)), true, now.leaderEpoch());
        } catch (OffsetOutOfRangeException e) {
            return nothing(now);
        }
    }

    private static Reach nothing(Extent now) {
        return new Reach(new Position(now.start(), -1), true, now.leaderEpoch());
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
