package dev.heddle.topic;

import dev.heddle.event.topic.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The largest records that a role is configured to append; a topic that takes only smaller ones refuses them one by
 * one.
 *
 * @param eventBytes the largest stored event; 0 for a role that appends none
 * @param commandBytes the largest stored command; 0 for a role that appends none
 */
public record LargestRecords(int eventBytes, int commandBytes) {
    /** No limit, for a role that appends nothing or records of unknown size. */
    public static final LargestRecords NONE = new LargestRecords(0, 0);

    /** The largest size of a record's key, headers and batch beside its value, in bytes. */
    public static final int OVERHEAD_BYTES = 16 << 10;

    /** Kafka's default limit in bytes, if neither broker nor topic sets one. */
    private static final int KAFKAS_OWN_LIMIT = 1_048_588;

    public LargestRecords {
        if (eventBytes < 0 || commandBytes < 0) {
            throw new IllegalArgumentException(
                    "the largest records must have at least 0 bytes, not " + eventBytes + " and " + commandBytes);
        }
    }

    /** The limit in bytes for creating a topic; 0 if the cluster's default suffices. */
    int limitToSet(String topic) {
        int needed = needed(topic);
        return needed > KAFKAS_OWN_LIMIT ? needed : 0;
    }

    /** One line for each topic that refuses records of these sizes. */
    List<String> problems(Map<String, FoundTopic> found) {
        List<String> problems = new ArrayList<>();
        for (String topic : List.of(Topics.AGENT_EVENTS, Topics.AGENT_COMMANDS)) {
            FoundTopic there = found.get(topic);
            String limit = there == null ? null : there.config().get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
            if (limit != null && Long.parseLong(limit) < needed(topic)) {
                problems.add("topic " + topic + " has " + TopicConfig.MAX_MESSAGE_BYTES_CONFIG + "=" + limit
                        + ", but records of up to " + needed(topic) + " bytes are configured");
            }
        }
        return problems;
    }

    private int needed(String topic) {
        int value =
                switch (topic) {
                    case Topics.AGENT_EVENTS -> eventBytes;
                    case Topics.AGENT_COMMANDS -> commandBytes;
                    default -> 0;
                };
        return value == 0 ? 0 : Math.addExact(value, OVERHEAD_BYTES);
    }
}
