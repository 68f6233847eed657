package dev.heddle.topic;

import dev.heddle.event.Generation;
import dev.heddle.event.topic.Topics;
import org.apache.kafka.common.TopicPartition;

/**
 * The topic of the log and the topic of its index, which have the same number of partitions.
 *
 * @param generation identity of the log's topic, as it was found
 */
public record EventLogTopics(String name, String indexName, Generation generation) {
    /** {@code agent-events} and {@code agent-events-index}. */
    public static EventLogTopics events(Generation generation) {
        return new EventLogTopics(Topics.AGENT_EVENTS, Topics.AGENT_EVENTS_INDEX, generation);
    }

    /** A log under this name, such as a copy; its index has the same name with {@code -index} behind it. */
    public static EventLogTopics named(String name, Generation generation) {
        return new EventLogTopics(name, name + "-index", generation);
    }

    /** A partition of the log. */
    public TopicPartition partition(int number) {
        return new TopicPartition(name, number);
    }

    /** A partition of the index. */
    public TopicPartition indexPartition(int number) {
        return new TopicPartition(indexName, number);
    }
}
