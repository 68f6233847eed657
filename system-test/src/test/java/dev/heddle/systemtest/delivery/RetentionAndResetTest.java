package dev.heddle.systemtest.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.client.StreamQuery;
import dev.heddle.edge.Edge;
import dev.heddle.event.Cursor;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.ElectLeadersResult;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every reason for which a cursor cannot be continued, brought about for real. */
final class RetentionAndResetTest {
    private static final int PADDING = 50;
    private static final int SEEN = 20;
    private static final int UNSEEN = 30;
    private static final int EXPIRED = 10;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void expiredForeignAndMalformedCursorsAreToldAndGoOnAsPromised(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.in(directory);
        List<String> users = List.of("alice", "bob", "carol");
        try (Cluster cluster = Cluster.start(4);
                Edge edge = cluster.startEdge(tokens);
                ClientFleet fleet = new ClientFleet(users, tokens, StreamQuery.from("latest"));
                LoadPublisher load = new LoadPublisher(cluster)) {
            fleet.target(edge.port());
            fleet.come(LIMIT);
            retention(cluster, fleet.user("alice"), load);
            another(fleet.user("bob"), fleet.user("alice").cursor(), "foreign", load);
            another(fleet.user("carol"), "no-cursor-at-all", "malformed", load);
        }
    }

    private static void retention(Cluster cluster, FleetUser alice, LoadPublisher load) {
        TopicPartition partition = new TopicPartition(Topics.AGENT_EVENTS, cluster.partitionOf(alice.name()));
        send(load, alice.name(), SEEN);
        await("what she sees").atMost(LIMIT).until(() -> alice.received() == SEEN);
        alice.leave();
        String cursor = alice.cursor();
        long left = cluster.end(Topics.AGENT_EVENTS, partition.partition());
        send(load, alice.name(), UNSEEN);
        Cluster.get(cluster.admin()
                .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(left + EXPIRED)))
                .all());
        alice.come();
        await("what is kept").atMost(LIMIT).until(() -> alice.received() == SEEN + UNSEEN - EXPIRED);
        JsonNode hello = last(alice);
        assertReset("retention", hello);
        assertEquals(cursor, hello.at("/lost/from").asText());
        assertEquals(left + EXPIRED, position(hello.at("/lost/to").asText()));
        assertEquals(EXPIRED, alice.missing());
    }

    /** A cursor that is none of this user's: the session goes on from the end. */
    private static void another(FleetUser user, String cursor, String reason, LoadPublisher load) {
        user.leave();
        send(load, user.name(), UNSEEN);
        user.beginAnew(cursor);
        user.come();
        await("another hello").atMost(LIMIT).until(() -> user.hellos().size() == 2 && user.isGreeted());
        assertReset(reason, last(user));
        send(load, user.name(), SEEN);
        await("what comes after it").atMost(LIMIT).until(() -> user.received() == SEEN);
        assertEquals(UNSEEN, user.missing());
    }

    @Test
    void aLogThatIsMadeAnewUnderLiveSessionsIsTold(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.in(directory);
        List<String> users = Cluster.users("user-", 20);
        try (Cluster cluster = Cluster.start(4);
                Edge edge = cluster.startEdge(tokens);
                ClientFleet fleet = new ClientFleet(users, tokens, StreamQuery.from("latest"))) {
            fleet.target(edge.port());
            fleet.come(LIMIT);
            try (LoadPublisher load = new LoadPublisher(cluster)) {
                users.forEach(user -> send(load, user, SEEN));
                fleet.awaitAllOf(load, LIMIT);
            }
            Cluster.get(
                    cluster.admin().deleteTopics(List.of(Topics.AGENT_EVENTS)).all());
            long deleted = System.nanoTime();
            cluster.createTopics();
            fleet.await("all are closed with 4410", LIMIT, user -> user.closes().contains(4410));
            fleet.await(
                    "all are told",
                    LIMIT,
                    user -> last(user).path("resume").asText().equals("reset"));
            long told = System.nanoTime() - deleted;
            fleet.users().forEach(user -> assertReset("generation", last(user)));
            fleet.users().forEach(user -> user.beginAnew(user.cursor()));
            try (LoadPublisher load = new LoadPublisher(cluster)) {
                users.forEach(user -> send(load, user, UNSEEN));
                fleet.await("what comes after it", LIMIT, user -> user.received() == SEEN + UNSEEN);
                assertEquals("", fleet.faults(load));
            }
            Scale.measured(
                    "log made anew: %d sessions closed with 4410 and told reset/generation after %.0f ms",
                    users.size(), told / 1e6);
        }
    }

    @Test
    void aLogThatIsCutByAnUncleanElectionIsTold(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.in(directory);
        TopicLayout layout = new TopicLayout(1, (short) 2, (short) 1, Duration.ofDays(7));
        try (Cluster cluster = Cluster.start(layout, 3);
                Edge edge = cluster.startEdge(tokens);
                ClientFleet fleet = new ClientFleet(List.of("alice", "bob"), tokens, StreamQuery.from("latest"));
                LoadPublisher load = new LoadPublisher(cluster)) {
            fleet.target(edge.port());
            fleet.come(LIMIT);
            send(load, "alice", SEEN);
            send(load, "bob", SEEN);
            fleet.awaitAllOf(load, LIMIT);
            TopicPartitionInfo before = cluster.describeLog().get(0);
            int leader = before.leader().id();
            int follower = before.replicas().stream()
                    .map(Node::id)
                    .filter(id -> id != leader)
                    .findFirst()
                    .orElseThrow();
            cluster.kafka().stopBroker(follower);
            send(load, "alice", UNSEEN);
            send(load, "bob", UNSEEN);
            fleet.awaitAllOf(load, LIMIT);
            FleetUser bob = fleet.user("bob");
            bob.leave();
            cluster.kafka().stopBroker(leader);
            cluster.kafka().startBroker(follower);
            electUnclean(cluster, follower);

            FleetUser alice = fleet.user("alice");
            await("alice's live session ends").atMost(LIMIT).until(() -> alice.closes()
                    .contains(4410));
            await("alice is told").atMost(LIMIT).until(() -> isTold(alice));
            assertReset("truncated", last(alice));
            assertEquals(2L * SEEN, position(last(alice).at("/lost/from").asText()));
            long lostTo = position(last(alice).at("/lost/to").asText());
            assertTrue(lostTo >= 2L * SEEN + UNSEEN, "the cursor behind her last event, not " + lostTo);

            // Now the log grows beyond bob's cursor: only the epoch can tell.
            try (LoadPublisher more = new LoadPublisher(cluster)) {
                send(more, "alice", 3 * UNSEEN);
            }
            bob.come();
            await("bob is greeted again")
                    .atMost(LIMIT)
                    .until(() -> bob.isGreeted() && bob.hellos().size() > 1);
            assertReset("truncated", last(bob));
            assertEquals(2L * SEEN, position(last(bob).at("/lost/from").asText()));
        }
    }

    private static boolean isTold(FleetUser user) {
        return last(user).path("resume").asText().equals("reset");
    }

    /** Makes a replica the leader that lacks what the stopped one had. */
    private static void electUnclean(Cluster cluster, int replica) {
        TopicPartition partition = new TopicPartition(Topics.AGENT_EVENTS, 0);
        await("the unclean leader").atMost(LIMIT).until(() -> {
            Node leader = cluster.describeLog().get(0).leader();
            if (leader != null && leader.id() == replica) {
                return true;
            }
            // Refused until the controllers have noticed that the old leader is gone.
            ElectLeadersResult unused = cluster.admin().electLeaders(ElectionType.UNCLEAN, Set.of(partition));
            return false;
        });
    }

    private static void send(LoadPublisher load, String user, int count) {
        for (int i = 0; i < count; i++) {
            load.send(user, PADDING);
        }
        load.flush();
    }

    private static JsonNode last(FleetUser user) {
        List<JsonNode> hellos = user.hellos();
        return hellos.get(hellos.size() - 1);
    }

    private static void assertReset(String reason, JsonNode hello) {
        assertEquals("reset", hello.path("resume").asText(), hello::toString);
        assertEquals(reason, hello.path("reason").asText(), hello::toString);
        position(hello.at("/lost/from").asText());
        position(hello.at("/lost/to").asText());
    }

    /** The offset in a cursor, which only a test may know. */
    private static long position(String cursor) {
        return assertDoesNotThrow(() -> Cursor.parse(cursor)).position().offset();
    }
}
