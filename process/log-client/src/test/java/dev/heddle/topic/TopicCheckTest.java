package dev.heddle.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicCheckTest {
    private static final TopicLayout LAYOUT = TopicLayout.production();

    @Test
    void topicsAsTheyAreMadeHaveNoProblem() {
        assertEquals(List.of(), TopicCheck.problems(asMade(LAYOUT), LAYOUT));
        assertEquals(List.of(), TopicCheck.problems(asMade(TopicLayout.local()), TopicLayout.local()));
    }

    @Test
    void missingTopicsAreNamed() {
        Map<String, FoundTopic> found = asMade(LAYOUT);
        found.remove(Topics.AGENT_COMMANDS);
        assertEquals(List.of("topic agent-commands is missing"), TopicCheck.problems(found, LAYOUT));
        assertEquals(5, TopicCheck.problems(Map.of(), LAYOUT).size());
    }

    @Test
    void anotherPartitionCountIsNamed() {
        assertEquals(
                List.of("topic agent-events has 32 partitions, configured are 64"),
                with(new FoundTopic(32, 3, config(Map.of()))));
    }

    @Test
    void whatWouldBreakAPromiseIsNamed() {
        assertEquals(
                List.of("topic agent-events has a partition with 1 replicas, configured are 3"),
                with(new FoundTopic(64, 1, config(Map.of()))));
        for (Map.Entry<String, String> wrong : Map.of(
                        "cleanup.policy", "compact",
                        "message.timestamp.type", "CreateTime",
                        "min.insync.replicas", "1",
                        "unclean.leader.election.enable", "true",
                        "retention.ms", "1000")
                .entrySet()) {
            List<String> problems = with(new FoundTopic(64, 3, config(Map.of(wrong.getKey(), wrong.getValue()))));
            assertEquals(1, problems.size(), wrong.getKey());
            assertTrue(
                    problems.get(0)
                            .startsWith("topic agent-events has " + wrong.getKey() + "=" + wrong.getValue() + ", "),
                    problems.get(0));
        }
    }

    @Test
    void moreThanConfiguredIsWell() {
        assertEquals(
                List.of(),
                with(new FoundTopic(
                        64,
                        5,
                        config(Map.of("retention.ms", "-1", "min.insync.replicas", "3", "segment.bytes", "1")))));
    }

    @Test
    void impossibleLayoutsAreRefused() {
        Duration week = Duration.ofDays(7);
        assertThrows(IllegalArgumentException.class, () -> new TopicLayout(0, (short) 1, (short) 1, week));
        assertThrows(IllegalArgumentException.class, () -> new TopicLayout(1, (short) 0, (short) 1, week));
        assertThrows(IllegalArgumentException.class, () -> new TopicLayout(1, (short) 1, (short) 2, week));
        assertThrows(IllegalArgumentException.class, () -> new TopicLayout(1, (short) 1, (short) 1, Duration.ZERO));
    }

    private static List<String> with(FoundTopic events) {
        Map<String, FoundTopic> found = asMade(LAYOUT);
        found.put(Topics.AGENT_EVENTS, events);
        return TopicCheck.problems(found, LAYOUT);
    }

    private static Map<String, String> config(Map<String, String> changes) {
        Map<String, String> config = new HashMap<>(TopicSpec.all(LAYOUT).get(0).config());
        config.putAll(changes);
        return config;
    }

    private static Map<String, FoundTopic> asMade(TopicLayout layout) {
        Map<String, FoundTopic> found = new HashMap<>();
        for (TopicSpec spec : TopicSpec.all(layout)) {
            found.put(spec.name(), new FoundTopic(spec.partitions(), spec.replication(), spec.config()));
        }
        return found;
    }
}
