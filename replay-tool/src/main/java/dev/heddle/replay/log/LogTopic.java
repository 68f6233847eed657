package dev.heddle.replay.log;

import dev.heddle.event.Generation;
import org.apache.kafka.common.TopicPartition;

/**
 * The topic that is read as the log, under whatever name; its index is beside it.
 *
 * @param generation which log it is
 */
public record LogTopic(String name, Generation generation) {
    private static final String INDEX = "-index";

    /** The name of the topic with its index. */
    public String indexName() {
        return name + INDEX;
    }

    TopicPartition place(int partition) {
        return new TopicPartition(name, partition);
    }

    TopicPartition indexPlace(int partition) {
        return new TopicPartition(indexName(), partition);
    }
}
