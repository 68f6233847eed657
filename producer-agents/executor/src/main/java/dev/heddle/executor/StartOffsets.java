package dev.heddle.executor;

import dev.heddle.topic.TopicAdmin;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The lookup of the offsets at which assignments of command partitions begin. It asks Kafka outside the command loop
 * and for each partition separately, so that one without a leader holds up neither the loop nor another partition. Safe
 * on any thread; a lookup takes at most 10 s.
 */
final class StartOffsets implements AutoCloseable {

    private final Admin admin;
    private final ExecutorConfig.Commands settings;
    private final InstantSource clock;

    /**
     * The offsets at which an assignment begins.
     *
     * @param read the first offset of the deduplication window: what ended before is read for its ids only
     * @param resume the first offset that is not settled, or the partition's first or last
     * @param committed the group's offset; -1 for none
     */
    record Start(long read, long resume, long committed) {

        private static Start of(long committed, long beginning, long end, long window) {
            long resume = committed < 0 ? beginning : Math.max(beginning, Math.min(committed, end));
            return new Start(window < 0 ? resume : Math.min(window, resume), resume, committed);
        }
    }

    StartOffsets(ExecutorConfig config, InstantSource clock) {
        this.admin = TopicAdmin.open(config.kafka(), "heddle-executor-assignments");
        this.settings = config.commands();
        this.clock = clock;
    }

    /** Looks these partitions up; each future completes separately, on a thread of Kafka's client, or fails. */
    Map<TopicPartition, CompletableFuture<Start>> find(Collection<TopicPartition> partitions) {
        CompletionStage<Map<TopicPartition, OffsetAndMetadata>> commits = admin.listConsumerGroupOffsets(Map.of(
                        settings.group(), new ListConsumerGroupOffsetsSpec().topicPartitions(List.copyOf(partitions))))
                .partitionsToOffsetAndMetadata(settings.group())
                .toCompletionStage();
        Instant window = clock.instant().minus(settings.dedup());
        ListOffsetsResult beginnings = offsets(partitions, OffsetSpec.earliest());
        ListOffsetsResult ends = offsets(partitions, OffsetSpec.latest());
        ListOffsetsResult firsts = offsets(partitions, OffsetSpec.forTimestamp(Math.max(0, window.toEpochMilli())));
        Map<TopicPartition, CompletableFuture<Start>> starts = new HashMap<>();
        for (TopicPartition partition : partitions) {
            CompletableFuture<Long> beginning = of(beginnings, partition);
            CompletableFuture<Long> end = of(ends, partition);
            CompletableFuture<Long> first = of(firsts, partition);
            starts.put(
                    partition,
                    CompletableFuture.allOf(beginning, end, first)
                            .thenCombine(
                                    commits,
                                    (done, all) -> Start.of(
                                            commitOf(all, partition), beginning.join(), end.join(), first.join())));
        }
        return starts;
    }

    private static long commitOf(Map<TopicPartition, OffsetAndMetadata> all, TopicPartition partition) {
        OffsetAndMetadata commit = all.get(partition);
        return commit == null ? -1 : commit.offset();
    }

    private ListOffsetsResult offsets(Collection<TopicPartition> partitions, OffsetSpec which) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.forEach(partition -> wanted.put(partition, which));
        return admin.listOffsets(wanted);
    }

    private static CompletableFuture<Long> of(ListOffsetsResult result, TopicPartition partition) {
        return result.partitionResult(partition)
                .toCompletionStage()
                .thenApply(ListOffsetsResult.ListOffsetsResultInfo::offset)
                .toCompletableFuture();
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
