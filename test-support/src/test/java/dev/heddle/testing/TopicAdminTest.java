package dev.heddle.testing;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heddle.event.Generation;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import dev.heddle.topic.TopicAdmin;
import dev.heddle.topic.TopicException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract's topics on a real broker; here because the contract's own module knows no broker. */
class TopicAdminTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final TopicLayout LAYOUT = TopicLayout.local().withPartitions(4);

    private FreshCluster cluster;
    private Admin admin;

    @BeforeEach
    void start() {
        cluster = KafkaFixture.freshCluster();
        admin = Admin.create(Map.<String, Object>of("bootstrap.servers", cluster.bootstrapServers()));
    }

    @AfterEach
    void stop() {
        admin.close();
        cluster.close();
    }

    @Test
    void whatCreateMakesIsWhatCheckWants() {
        assertEquals(
                Set.of(
                        Topics.AGENT_EVENTS,
                        Topics.AGENT_COMMANDS,
                        Topics.AGENT_EVENTS_INDEX,
                        Topics.AGENT_EXECUTORS,
                        Topics.AGENT_REVOCATIONS),
                Set.copyOf(TopicAdmin.create(admin, LAYOUT)));

        assertEquals(List.of(), TopicAdmin.check(admin, LAYOUT), "at once");
        assertEquals(List.of(), TopicAdmin.create(admin, LAYOUT), "a second time there is nothing to make");
        assertEquals(4, TopicAdmin.generation(admin).partitions());
    }

    @Test
    void aRetentionIsRaisedNeverShortened() {
        TopicAdmin.create(admin, LAYOUT);
        TopicLayout longer = LAYOUT.withRetention(LAYOUT.retention().plusDays(7));
        assertEquals(3, TopicAdmin.check(admin, longer).size(), "too short for a longer one");

        Set<String> kept = Set.of(Topics.AGENT_EVENTS, Topics.AGENT_COMMANDS, Topics.AGENT_EVENTS_INDEX);
        assertEquals(kept, Set.copyOf(TopicAdmin.raiseRetention(admin, longer)));
        await("the longer retention").atMost(SOON).until(() -> TopicAdmin.check(admin, longer)
                .isEmpty());

        assertEquals(List.of(), TopicAdmin.raiseRetention(admin, longer), "nothing is left to raise");
        assertEquals(List.of(), TopicAdmin.raiseRetention(admin, LAYOUT), "it is not shortened");
        assertEquals(List.of(), TopicAdmin.check(admin, longer), "it has stayed");
    }

    @Test
    void missingTopicsAreNamed() {
        assertEquals(5, TopicAdmin.check(admin, LAYOUT).size());
        assertEquals(
                "topic agent-events is missing: heddle topics create makes it",
                assertThrows(TopicException.class, () -> TopicAdmin.generation(admin))
                        .getMessage());
    }

    @Test
    void anotherPartitionCountAndPolicyAreNamed() throws Exception {
        TopicAdmin.create(admin, LAYOUT);
        ConfigResource events = new ConfigResource(ConfigResource.Type.TOPIC, Topics.AGENT_EVENTS);
        AlterConfigOp compacted =
                new AlterConfigOp(new ConfigEntry("cleanup.policy", "compact"), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(events, List.of(compacted))).all().get();

        await("the wrong policy").atMost(SOON).until(() -> {
            List<String> problems = TopicAdmin.check(admin, LAYOUT.withPartitions(8));
            return problems.stream().anyMatch(line -> line.contains("agent-events ") && line.contains("8"))
                    && problems.stream().anyMatch(line -> line.contains("cleanup.policy"));
        });
    }

    @Test
    void createGivesRevocationsOfAnEarlierVersionKafkasTime() throws Exception {
        TopicAdmin.create(admin, LAYOUT);
        ConfigResource revocations = new ConfigResource(ConfigResource.Type.TOPIC, Topics.AGENT_REVOCATIONS);
        AlterConfigOp asBefore =
                new AlterConfigOp(new ConfigEntry("message.timestamp.type", "CreateTime"), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(revocations, List.of(asBefore)))
                .all()
                .get();
        await("the earlier version's topic").atMost(SOON).until(() -> TopicAdmin.check(admin, LAYOUT).stream()
                .anyMatch(line -> line.contains("heddle topics create sets it")));

        assertEquals(List.of(), TopicAdmin.create(admin, LAYOUT));

        assertEquals(List.of(), TopicAdmin.check(admin, LAYOUT));
    }

    @Test
    void aRecreatedLogIsAnotherGeneration() throws Exception {
        TopicAdmin.create(admin, LAYOUT);
        Generation first = generation();
        admin.deleteTopics(List.of(Topics.AGENT_EVENTS)).all().get();
        // Brokers hear of it from the controller: until this one has, it tells of the old log.
        await("the log's end").atMost(SOON).until(() -> TopicAdmin.check(admin, LAYOUT)
                .contains("topic agent-events is missing"));
        assertEquals(List.of(Topics.AGENT_EVENTS), TopicAdmin.create(admin, LAYOUT));

        assertNotEquals(first.topicId(), generation().topicId());
        assertEquals(first.partitions(), generation().partitions());
    }

    private Generation generation() {
        await("no missing topic").atMost(SOON).until(() -> TopicAdmin.check(admin, LAYOUT)
                .isEmpty());
        return TopicAdmin.generation(admin);
    }
}
