package dev.heddle.systemtest.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.client.StreamQuery;
import dev.heddle.edge.Edge;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Kafka that goes away and comes back, and leaders that move, while events go on. */
final class KafkaAwayTest {
    private static final int USERS = Scale.of(100, 2_000);
    private static final int PER_SECOND = Scale.of(200, 2_000);
    private static final long AWAY_NANOS = TimeUnit.SECONDS.toNanos(Scale.of(4, 30));
    private static final int SECONDS_BETWEEN = Scale.of(1, 5);
    private static final int PARTITIONS = Scale.of(8, 64);
    private static final int PADDING = 200;
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @Test
    void kafkaAwayClosesNoSocketAndLosesAndDoublesNothing(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.in(directory);
        List<String> users = Cluster.users("user-", USERS);
        try (Cluster cluster = Cluster.start(PARTITIONS);
                Edge edge = cluster.startEdge(tokens, "commands.timeout=3s");
                ClientFleet fleet = new ClientFleet(users, tokens, StreamQuery.from("latest"));
                LoadPublisher load = new LoadPublisher(cluster)) {
            fleet.target(edge.port());
            fleet.come(LIMIT);
            long until;
            try (LoadPublisher.Steady steady = load.steadily(users, PER_SECOND, PADDING)) {
                goOn(steady, SECONDS_BETWEEN);
                fleet.takeLatencies();
                cluster.kafka().stopBroker(0);
                long away = System.nanoTime();
                FleetUser commander = fleet.users().get(0);
                commander.send("{\"type\":\"command\",\"id\":\"c1\",\"command\":\"run.cancel\","
                        + "\"threadId\":\"thread-1\",\"runId\":\"run-1\"}");
                fleet.await("all are told", LIMIT, user -> upstream(user).equals("degraded"));
                long told = System.nanoTime() - away;
                // By the clock: a producer whose only broker is gone forgets the topic, and waits before it takes more.
                await("the time is over").atMost(LIMIT).until(() -> System.nanoTime() - away >= AWAY_NANOS);
                cluster.kafka().startBroker(0);
                until = System.nanoTime();
                goOn(steady, SECONDS_BETWEEN);
                await("the command is answered").atMost(LIMIT).until(() -> answer(commander)
                        .isPresent());
                assertHonest(answer(commander).orElseThrow());
                fleet.await("all are told", LIMIT, user -> upstream(user).equals("ok"));
                Scale.measured("kafka away: all told degraded %.0f ms after it went", told / 1e6);
            }
            fleet.awaitAllOf(load, LIMIT);
            long recovered =
                    fleet.users().stream().mapToLong(FleetUser::lastAt).max().orElseThrow() - until;
            assertEquals(0, fleet.closes(), "sockets closed");
            Scale.measured(
                    "kafka away: %d users, %d events/s, away %.1f s, all delivered %.0f ms after it was back,"
                            + " sockets closed %d, since it went %s",
                    USERS,
                    PER_SECOND,
                    AWAY_NANOS / 1e9,
                    recovered / 1e6,
                    fleet.closes(),
                    Scale.milliseconds(fleet.latencies()));
        }
    }

    /** Events of so many seconds have been given to the producer. */
    private static void goOn(LoadPublisher.Steady steady, int seconds) {
        long from = steady.count();
        await("events go on").atMost(LIMIT).until(() -> steady.count() >= from + (long) seconds * PER_SECOND);
    }

    /** What the newest {@code status} frame says; empty if there is none. */
    private static String upstream(FleetUser user) {
        return user.answers().stream()
                .filter(frame -> frame.path("type").asText().equals("status"))
                .reduce("", (earlier, frame) -> frame.path("upstream").asText(), (one, other) -> other);
    }

    private static Optional<JsonNode> answer(FleetUser user) {
        return user.answers().stream()
                .filter(frame -> frame.path("id").asText().equals("c1"))
                .findFirst();
    }

    private static void assertHonest(JsonNode answer) {
        if (answer.path("type").asText().equals("rejected")) {
            assertEquals("unavailable", answer.path("code").asText());
            assertTrue(answer.path("retryable").asBoolean());
        } else {
            assertEquals("accepted", answer.path("type").asText());
        }
        Scale.measured("kafka away: a command meanwhile was answered %s", answer);
    }

    @Test
    void leadersThatMoveAndABrokerThatStopsLoseAndDoubleNothing(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.in(directory);
        List<String> users = Cluster.users("user-", USERS);
        TopicLayout layout = TopicLayout.production().withPartitions(PARTITIONS);
        try (Cluster cluster = Cluster.start(layout, 3);
                Edge edge = cluster.startEdge(tokens);
                ClientFleet fleet = new ClientFleet(users, tokens, StreamQuery.from("latest"));
                LoadPublisher load = new LoadPublisher(cluster)) {
            fleet.target(edge.port());
            fleet.come(LIMIT);
            try (LoadPublisher.Steady steady = load.steadily(users, PER_SECOND, PADDING)) {
                goOn(steady, SECONDS_BETWEEN);
                fleet.takeLatencies();
                moveLeaders(cluster);
                goOn(steady, SECONDS_BETWEEN);
                Scale.measured(
                        "leaders moved: %d users, %d events/s, %s",
                        USERS, PER_SECOND, Scale.milliseconds(fleet.takeLatencies()));
                cluster.kafka().stopBroker(1);
                goOn(steady, SECONDS_BETWEEN);
                cluster.kafka().startBroker(1);
                goOn(steady, SECONDS_BETWEEN);
                Scale.measured(
                        "broker of three stopped: %d users, %d events/s, sockets closed %d, %s",
                        USERS, PER_SECOND, fleet.closes(), Scale.milliseconds(fleet.takeLatencies()));
            }
            fleet.awaitAllOf(load, LIMIT);
            assertEquals(0, fleet.closes(), "sockets closed");
        }
    }

    /** Makes another replica the preferred leader of each partition, and elects it. */
    private static void moveLeaders(Cluster cluster) {
        Map<TopicPartition, Integer> leaders = leaders(cluster);
        Map<TopicPartition, Optional<NewPartitionReassignment>> turned = new HashMap<>();
        for (TopicPartitionInfo each : cluster.describeLog()) {
            List<Integer> replicas =
                    new ArrayList<>(each.replicas().stream().map(Node::id).toList());
            Collections.swap(replicas, 0, replicas.indexOf(each.leader().id()));
            Collections.rotate(replicas, 1);
            turned.put(
                    new TopicPartition(Topics.AGENT_EVENTS, each.partition()),
                    Optional.of(new NewPartitionReassignment(replicas)));
        }
        Cluster.get(cluster.admin().alterPartitionReassignments(turned).all());
        await("replicas are in another order").atMost(LIMIT).until(() -> Cluster.get(
                        cluster.admin().listPartitionReassignments().reassignments())
                .isEmpty());
        Set<TopicPartition> all = new HashSet<>(turned.keySet());
        Cluster.get(cluster.admin().electLeaders(ElectionType.PREFERRED, all).all());
        await("leaders have moved").atMost(LIMIT).until(() -> leaders(cluster).entrySet().stream()
                .noneMatch(now -> now.getValue().equals(leaders.get(now.getKey()))));
    }

    private static Map<TopicPartition, Integer> leaders(Cluster cluster) {
        return cluster.describeLog().stream()
                .collect(Collectors.toMap(
                        each -> new TopicPartition(Topics.AGENT_EVENTS, each.partition()),
                        each -> each.leader().id()));
    }
}
