package dev.heddle.topic;

import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/** The comparison of existing topics with the configured layout. */
final class TopicCheck {
    private static final String UNLIMITED = "-1";
    private static final String MISSING = " is missing";

    private TopicCheck() {}

    /** One line for each relevant difference; empty if there is none. Longer retention and more copies are allowed. */
    static List<String> problems(Map<String, FoundTopic> found, TopicLayout layout) {
        List<String> problems = new ArrayList<>();
        for (TopicSpec wanted : TopicSpec.all(layout)) {
            FoundTopic topic = found.get(wanted.name());
            if (topic == null) {
                problems.add("topic " + wanted.name() + MISSING);
            } else {
                compare(wanted, topic, problems);
            }
        }
        return List.copyOf(problems);
    }

    /**
     * True if {@link TopicAdmin#create} removes this difference: a missing topic, or a revocations topic of an earlier
     * version.
     */
    static boolean isMendedByCreate(String problem) {
        return problem.endsWith(MISSING)
                || problem.startsWith(
                        "topic " + Topics.AGENT_REVOCATIONS + " has " + TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG);
    }

    private static void compare(TopicSpec wanted, FoundTopic topic, List<String> problems) {
        String name = "topic " + wanted.name();
        if (topic.partitions() != wanted.partitions()) {
            problems.add(name + " has " + topic.partitions() + " partitions, configured are " + wanted.partitions());
        }
        if (topic.replication() < wanted.replication()) {
            problems.add(name + " has a partition with " + topic.replication() + " replicas, configured are "
                    + wanted.replication());
        }
        wanted.config().forEach((key, value) -> {
            String actual = topic.config().get(key);
            if (!isEnough(key, value, actual)) {
                String problem = name + " has " + key + "=" + actual + ", configured is " + value;
                problems.add(isMendedByCreate(problem) ? problem + " (heddle topics create sets it)" : problem);
            }
        });
    }

    /** True if a topic keeps its records for less than so many ms, as Kafka writes them. */
    static boolean isTooShort(FoundTopic topic, String retention) {
        return !isEnough(
                TopicConfig.RETENTION_MS_CONFIG, retention, topic.config().get(TopicConfig.RETENTION_MS_CONFIG));
    }

    private static boolean isEnough(String key, String wanted, @Nullable String actual) {
        if (wanted.equals(actual)) {
            return true;
        }
        if (actual == null) {
            return false;
        }
        return switch (key) {
            case TopicConfig.RETENTION_MS_CONFIG -> actual.equals(UNLIMITED) || isAtLeast(actual, wanted);
            case TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG -> isAtLeast(actual, wanted);
            default -> false;
        };
    }

    private static boolean isAtLeast(String actual, String wanted) {
        try {
            return Long.parseLong(actual) >= Long.parseLong(wanted);
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
