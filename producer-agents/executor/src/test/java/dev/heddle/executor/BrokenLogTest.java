package dev.heddle.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.Partitioning;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import dev.heddle.testing.BatchDamage;
import dev.heddle.testing.TestProcess;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Executors on a log with bytes that nobody can read, and with Kafka's properties as some site has them. */
class BrokenLogTest {
    private TakeoverRig rig;

    @BeforeEach
    void start() {
        rig = TakeoverRig.start();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void anExecutorTakesOverAndRunsBesideDamagedBatchesOfEventsAndCommands() {
        UserKey user = UserKey.of("broken");
        int partition = Partitioning.partitionOf(user, TakeoverRig.PARTITIONS);
        try (Executor before = rig.executor()) {
            assertTrue(before.isReady());
            IntStream.range(0, 3).forEach(i -> ended(user));
        }
        rig.kafka().damage(Topics.AGENT_EVENTS, partition, 1, BatchDamage.PAYLOAD);
        rig.kafka().damage(Topics.AGENT_COMMANDS, partition, 0, BatchDamage.PAYLOAD);
        rig.kafka().damage(Topics.AGENT_COMMANDS, partition, 2, BatchDamage.CHECKSUM);
        try (Executor after = rig.executor()) {
            ended(user);
            ended(UserKey.of("somebody-else"));
            assertTrue(after.isReady());
        }
    }

    @Test
    void aRunningExecutorGoesOnAfterKafkaHasLostTheEndOfCommandsAndEvents() {
        UserKey user = UserKey.of("cut");
        int partition = Partitioning.partitionOf(user, TakeoverRig.PARTITIONS);
        try (Executor executor = rig.executor()) {
            IntStream.range(0, 4).forEach(i -> ended(user));
            rig.kafka().cut(Map.of(Topics.AGENT_EVENTS, 6L, Topics.AGENT_COMMANDS, 2L), partition);
            ended(user);
            ended(UserKey.of("somebody-else"));
            assertFalse(executor.ended().isDone(), "it has not given up");
        }
    }

    @Test
    void whatASiteSetsForItsKafkaClientsDoesNotMakeARunsNumbersComeTwice() {
        UserKey user = UserKey.of("left-behind");
        RunStart held;
        try (TestProcess first = rig.process()) {
            held = rig.commands().start(user, "holder", "{}");
            rig.log().awaitEvent(user, held.header().runId(), "TEXT_MESSAGE_CONTENT");
            rig.kill(first);
        }
        Map<String, String> habits = new HashMap<>(rig.config().kafka().properties());
        habits.putAll(Map.of(
                "isolation.level", "read_committed",
                "acks", "1",
                "enable.idempotence", "false",
                "auto.offset.reset", "latest",
                "enable.auto.commit", "true",
                "group.id", "ours",
                "transactional.id", "ours",
                "check.crcs", "false",
                "key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer"));
        ExecutorConfig config =
                rig.config().withKafka(new KafkaClientSettings(rig.kafka().bootstrapServers(), habits));
        try (Executor second = Executor.start(config)) {
            second.ready().orTimeout(30, TimeUnit.SECONDS).join();
            List<ObjectNode> run = rig.log().ended(user, held.header().runId());
            List<Long> numbers = rig.log().of(user).stream()
                    .filter(event -> event.envelope().run() != null
                            && event.envelope()
                                    .run()
                                    .runId()
                                    .equals(held.header().runId()))
                    .map(event -> event.envelope().run().runSeq())
                    .toList();
            assertEquals(LongStream.range(0, run.size()).boxed().toList(), numbers);
        }
    }

    private void ended(UserKey user) {
        RunStart run = rig.commands().start(user, "echo", "{}");
        rig.log().ended(user, run.header().runId());
    }
}
