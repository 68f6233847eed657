package dev.heddle.edge.log;

import dev.heddle.edge.hub.EventLog.Extent;
import dev.heddle.topic.TopicAdmin;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * The questions where partitions begin and end, gathered: while one round is on its way to the brokers, those who ask
 * meanwhile share the next round, one question a partition. A round is only sent after everyone in it has asked, so no
 * answer is older than its question. Each round also asks which topic this is now: offsets of another log of the same
 * name are no answer. Thread-safe.
 */
final class ExtentQuestions {
    private final Admin admin;
    private final LogTopic topic;
    private final ConcurrentHashMap<Integer, CompletableFuture<Extent>> next = new ConcurrentHashMap<>();
    private final AtomicBoolean asking = new AtomicBoolean();

    ExtentQuestions(Admin admin, LogTopic topic) {
        this.admin = admin;
        this.topic = topic;
    }

    CompletionStage<Extent> ask(int partition) {
        CompletableFuture<Extent> answer = next.computeIfAbsent(partition, key -> new CompletableFuture<>());
        sendIfFree();
        return answer;
    }

    private void sendIfFree() {
        if (next.isEmpty() || !asking.compareAndSet(false, true)) {
            return;
        }
        Map<TopicPartition, CompletableFuture<Extent>> round = new HashMap<>();
        for (Integer partition : next.keySet()) {
            CompletableFuture<Extent> answer = next.remove(partition);
            if (answer != null) {
                round.put(topic.partition(partition), answer);
            }
        }
        CompletableFuture<Void> unused = send(round).whenComplete((done, failure) -> {
            asking.set(false);
            sendIfFree();
        });
    }

    private CompletableFuture<Void> send(Map<TopicPartition, CompletableFuture<Extent>> round) {
        Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (TopicPartition partition : round.keySet()) {
            earliest.put(partition, OffsetSpec.earliest());
            latest.put(partition, OffsetSpec.latest());
        }
        CompletionStage<Boolean> sameLog = Objects.requireNonNull(admin.describeTopics(List.of(topic.name()))
                        .topicNameValues()
                        .get(topic.name()))
                .toCompletionStage()
                .thenApply(found -> TopicAdmin.generationOf(found).equals(topic.generation()));
        ListOffsetsResult starts = admin.listOffsets(earliest);
        ListOffsetsResult ends = admin.listOffsets(latest);
        CompletableFuture<?>[] answers = round.entrySet().stream()
                .map(asked -> answer(asked.getKey(), starts, ends)
                        .thenCombine(sameLog, ExtentQuestions::ofThisLog)
                        .whenComplete((extent, failure) -> {
                            if (failure == null) {
                                asked.getValue().complete(extent);
                            } else {
                                asked.getValue().completeExceptionally(failure);
                            }
                        }))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(answers);
    }

    private static Extent ofThisLog(Extent extent, boolean sameLog) {
        if (!sameLog) {
            throw new UnusableLogException("the log was re-created or re-partitioned");
        }
        return extent;
    }

    private static CompletableFuture<Extent> answer(
            TopicPartition partition, ListOffsetsResult starts, ListOffsetsResult ends) {
        return starts.partitionResult(partition)
                .toCompletionStage()
                .thenCombine(
                        ends.partitionResult(partition).toCompletionStage(),
                        (start, end) -> new Extent(
                                start.offset(), end.offset(), end.leaderEpoch().orElse(-1)))
                .toCompletableFuture();
    }
}
