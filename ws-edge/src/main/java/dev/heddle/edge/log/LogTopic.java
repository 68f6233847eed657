package dev.heddle.edge.log;

import dev.heddle.event.Generation;
import dev.heddle.event.topic.Topics;
import org.apache.kafka.common.TopicPartition;

/**
 * The topic that is the log, and which topic of that name it is.
 *
 * @param indexName the topic of its index, which has as many partitions
 */
public record LogTopic(String name, String indexName, Generation generation) {
    /** {@code agent-events}, as it was found. */
    public static LogTopic events(Generation generation) {
        return new LogTopic(Topics.AGENT_EVENTS, Topics.AGENT_EVENTS_INDEX, generation);
    }

    TopicPartition partition(int number) {
        return new TopicPartition(name, number);
    }

    TopicPartition indexPartition(int number) {
        return new TopicPartition(indexName, number);
    }
}
