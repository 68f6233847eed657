package dev.heddle.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.heddle.config.Settings;
import dev.heddle.event.Partitioning;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.topic.TopicAdmin;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

/** Command partitions of which Kafka cannot tell anything when they are assigned. */
class PartitionAssignmentTest {

    private static final int PARTITIONS = 9;
    private static final Duration LONG = Duration.ofSeconds(40);

    @Test
    void aPartitionWithoutALeaderLosesNoCommandAndHoldsUpNoOther() throws Exception {
        try (FreshCluster kafka = KafkaFixture.freshCluster(config -> config.withBrokers(3));
                Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()))) {
            TopicAdmin.create(admin, TopicLayout.local().withPartitions(PARTITIONS));
            int broker = led(admin, Topics.AGENT_EXECUTORS, 0).isEmpty() ? 0 : 1;
            Set<Integer> commandsAway = led(admin, Topics.AGENT_COMMANDS, broker);
            Set<Integer> eventsAway = led(admin, Topics.AGENT_EVENTS, broker);
            assertFalse(commandsAway.isEmpty());
            List<UserKey> cutOff = users(IntStream.range(0, PARTITIONS)
                    .filter(commandsAway::contains)
                    .boxed()
                    .toList());
            List<UserKey> others = users(IntStream.range(0, PARTITIONS)
                    .filter(partition -> !commandsAway.contains(partition) && !eventsAway.contains(partition))
                    .boxed()
                    .toList());
            try (CommandSender commands = new CommandSender(kafka.bootstrapServers(), PARTITIONS);
                    LogReader log = new LogReader(kafka.bootstrapServers())) {
                List<RunStart> early = cutOff.stream()
                        .map(user -> commands.start(user, "echo", "{}"))
                        .toList();
                kafka.stopBroker(broker);
                try (Executor executor = Executor.start(config(kafka))) {
                    for (UserKey user : others) {
                        RunStart echo = commands.start(user, "echo", "{}");
                        log.ended(user, echo.header().runId());
                    }
                    assertFalse(executor.ready().isDone());
                    assertFalse(executor.isReady());
                    kafka.startBroker(broker);
                    for (RunStart echo : early) {
                        log.ended(echo.header().user(), echo.header().runId());
                    }
                    executor.ready().get(LONG.toSeconds(), TimeUnit.SECONDS);
                    await("readiness").atMost(LONG).until(executor::isReady);
                }
            }
        }
    }

    private static ExecutorConfig config(FreshCluster kafka) {
        return Settings.with(
                ExecutorConfig.defaults(),
                "kafka.bootstrapServers=" + kafka.bootstrapServers(),
                "publisher.partitions=" + PARTITIONS,
                "runs.maxConcurrent=64",
                "runs.maxPerUser=64",
                "runs.deadline=60s",
                "runs.drain=100ms",
                "status.executorId=claims",
                "status.every=200ms");
    }

    /** One user of each of these partitions. */
    private static List<UserKey> users(List<Integer> partitions) {
        List<UserKey> users = partitions.stream()
                .map(partition -> IntStream.iterate(0, i -> i + 1)
                        .mapToObj(i -> UserKey.of("user-" + i))
                        .filter(user -> Partitioning.partitionOf(user, PARTITIONS) == partition)
                        .findFirst()
                        .orElseThrow())
                .toList();
        assertEquals(partitions.size(), users.size());
        assertFalse(users.isEmpty(), "no partition is as it is wanted");
        return users;
    }

    private static Set<Integer> led(Admin admin, String topic, int broker) throws Exception {
        return admin.describeTopics(List.of(topic)).allTopicNames().get(30, TimeUnit.SECONDS).values().stream()
                .flatMap(description -> description.partitions().stream())
                .filter(partition -> partition.leader().id() == broker)
                .map(partition -> partition.partition())
                .collect(Collectors.toSet());
    }
}
