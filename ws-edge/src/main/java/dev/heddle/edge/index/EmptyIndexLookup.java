package dev.heddle.edge.index;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.topic.EventLogTopics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The lookup of partitions whose index is empty: the index topic was re-created, so the builders' committed offsets are
 * of the former one. It is made when partitions are assigned, which is rare; its client lives for one lookup.
 */
record EmptyIndexLookup(KafkaClientSettings kafka, EventLogTopics topic) {
    private static final Duration ANSWER = Duration.ofSeconds(5);

    /**
     * The partitions of the log whose index is empty.
     *
     * @throws KafkaException if Kafka does not answer within 5 s
     */
    Set<Integer> among(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (TopicPartition partition : partitions) {
            TopicPartition index = topic.indexPartition(partition.partition());
            earliest.put(index, OffsetSpec.earliest());
            latest.put(index, OffsetSpec.latest());
        }
        try (Admin admin = Admin.create(kafka.forClient("heddle-edge-index-builder"))) {
            Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> starts = answer(admin.listOffsets(earliest));
            Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> ends = answer(admin.listOffsets(latest));
            Set<Integer> empty = new HashSet<>();
            ends.forEach((index, end) -> {
                ListOffsetsResult.ListOffsetsResultInfo start = starts.get(index);
                if (start != null && start.offset() == end.offset()) {
                    empty.add(index.partition());
                }
            });
            return empty;
        }
    }

    private static Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> answer(ListOffsetsResult asked) {
        try {
            return asked.all().get(ANSWER.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException("the end of the index is not known", e);
        }
    }
}
