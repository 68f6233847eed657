package dev.heddle.replay.log;

import dev.heddle.event.Generation;
import org.apache.kafka.common.TopicPartition;

/**
 * The topic of a log, under any name, with its index topic.
 *
 * @param generation which log it is
 */
public record LogTopic(String name, Generation generation) {
    private static final String INDEX = "-index";

    /** The name of the topic with its index. */
    public String indexName() {
        return name + INDEX;
    }

    TopicPartition partition(int partition) {
        return new TopicPartition(name, partition);
    }

    TopicPartition indexPartition(int partition) {
        return new TopicPartition(indexName(), partition);
    }
}
