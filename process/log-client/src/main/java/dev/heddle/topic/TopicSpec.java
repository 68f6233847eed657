package dev.heddle.topic;

import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;

/** The specification of one topic, for creating and checking it. */
record TopicSpec(String name, int partitions, short replication, Map<String, String> config) {

    static List<TopicSpec> all(TopicLayout layout) {
        return List.of(
                kept(Topics.AGENT_EVENTS, layout),
                kept(Topics.AGENT_COMMANDS, layout),
                kept(Topics.AGENT_EVENTS_INDEX, layout),
                compacted(Topics.AGENT_EXECUTORS, layout),
                appendTimed(compacted(Topics.AGENT_REVOCATIONS, layout)));
    }

    /** The topic with Kafka's append time, from which a revocation holds. */
    private static TopicSpec appendTimed(TopicSpec spec) {
        Map<String, String> config = new LinkedHashMap<>(spec.config());
        config.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        return new TopicSpec(spec.name(), spec.partitions(), spec.replication(), config);
    }

    /**
     * A topic that deletes records after the retention. It has LogAppendTime, so that retention and reading from an
     * instant go by Kafka's clock.
     */
    private static TopicSpec kept(String name, TopicLayout layout) {
        Map<String, String> config = common(layout);
        config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        config.put(
                TopicConfig.RETENTION_MS_CONFIG,
                Long.toString(layout.retention().toMillis()));
        config.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        return new TopicSpec(name, layout.partitions(), layout.replication(), config);
    }

    private static TopicSpec compacted(String name, TopicLayout layout) {
        Map<String, String> config = common(layout);
        config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
        return new TopicSpec(name, 1, layout.replication(), config);
    }

    /**
     * The configuration of every topic. Unclean leader election is disabled for several copies; with one copy there is
     * none.
     */
    private static Map<String, String> common(TopicLayout layout) {
        Map<String, String> config = new LinkedHashMap<>();
        config.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Short.toString(layout.minInsyncReplicas()));
        if (layout.replication() > 1) {
            config.put(TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, "false");
        }
        return config;
    }
}
