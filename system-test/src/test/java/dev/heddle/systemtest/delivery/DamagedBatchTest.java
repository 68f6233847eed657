package dev.heddle.systemtest.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.client.StreamQuery;
import dev.heddle.event.topic.Topics;
import dev.heddle.systemtest.Cli;
import dev.heddle.systemtest.StreamClient;
import dev.heddle.testing.Background;
import dev.heddle.testing.BatchDamage;
import dev.heddle.token.TokenSigner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * One byte of one record batch is flipped in one of 64 partitions. Every role is a process: edges start and go on, an
 * executor takes over, ingest takes batches, the tools name the batch; only what was in it is missing.
 */
@EnabledOnOs(
        value = {OS.LINUX, OS.MAC},
        disabledReason = "a process is frozen by a signal")
final class DamagedBatchTest {
    private static final int PARTITIONS = 64;
    private static final int DAMAGED = 17;
    private static final int OTHER = 18;
    private static final int USERS = Scale.of(120, 2_000);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Events that come before what is damaged while the edge is frozen: the fetch that it waits for brings these. */
    private static final int AHEAD = 3;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void everyRoleGoesOnAndOnlyTheDamagedBatchIsMissing(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.in(directory);
        try (Cluster cluster = Cluster.start(PARTITIONS);
                RoleProcess first = RoleProcess.launch(executor(cluster), directory.resolve("first.log"));
                LoadPublisher load = new LoadPublisher(cluster)) {
            List<String> elsewhere = Cluster.users("user-", USERS).stream()
                    .filter(user -> cluster.partitionOf(user) != DAMAGED)
                    .toList();
            List<String> concerned = cluster.usersOf(DAMAGED, "concerned-", 2);
            String hit = concerned.get(0);
            List<String> all = Cluster.join(elsewhere, concerned);
            publish(load, all);
            publish(load, all);
            long offset = damageNextEventOf(hit, cluster, load);
            publish(load, all);
            first.awaitReady();

            try (RoleProcess edge = RoleProcess.launch(
                            new RoleProcess.Program("edge", List.of(), cluster.edgeSettings(tokens)),
                            directory.resolve("edge.log"));
                    RoleProcess ingest = RoleProcess.launch(
                            new RoleProcess.Program("ingest", List.of(), cluster.settings(tokens)),
                            directory.resolve("ingest.log"));
                    ClientFleet fleet = new ClientFleet(all, tokens, StreamQuery.from("earliest"))) {
                CompletableFuture<Void> tools = Background.run(() -> toolsNameIt(cluster, offset, hit));
                fleet.target(edge.port());
                fleet.come(LIMIT);
                awaitAllBut(1, fleet, load, hit);
                assertEquals(0, fleet.closes());
                runAsUsersOf(edge.awaitReady(), tokens, cluster, "before");
                sendBatches(ingest.awaitReady(), tokens, cluster);
                tools.join();

                try (RoleProcess second = RoleProcess.launch(executor(cluster), directory.resolve("second.log"))) {
                    damageWhatARunningEdgeTails(edge, cluster, load, hit);
                    publish(load, all);
                    awaitAllBut(2, fleet, load, hit);
                    assertEquals(0, fleet.closes(), "nobody's connection was ended");
                    assertTrue(edge.metrics().get("heddle_edge_log_unreadable_offsets_total") >= 2);
                    assertEquals(0, edge.metrics().get("heddle_edge_renewals"));
                    comeBackWithACursor(fleet.user(hit), load);

                    second.awaitReady();
                    first.kill();
                    runAsUsersOf(edge.awaitReady(), tokens, cluster, "after");
                }
            }
        }
    }

    private static RoleProcess.Program executor(Cluster cluster) {
        return new RoleProcess.Program(
                "executor",
                List.of(),
                List.of(
                        "kafka.bootstrapServers=" + cluster.bootstrapServers(),
                        "kafka.properties.session.timeout.ms=6000",
                        "publisher.partitions=" + PARTITIONS,
                        "management.host=127.0.0.1"));
    }

    private static void publish(LoadPublisher load, List<String> users) {
        users.forEach(user -> load.send(user, 0));
        load.flush();
    }

    /** Publishes one more event of the user, in a batch of its own, and flips a byte of it; returns its offset. */
    private static long damageNextEventOf(String user, Cluster cluster, LoadPublisher load) {
        long offset = cluster.end(Topics.AGENT_EVENTS, DAMAGED);
        publish(load, List.of(user));
        cluster.kafka().damage(Topics.AGENT_EVENTS, DAMAGED, offset, BatchDamage.PAYLOAD);
        return offset;
    }

    private static void damageWhatARunningEdgeTails(
            RoleProcess edge, Cluster cluster, LoadPublisher load, String user) {
        edge.freeze();
        try {
            for (int i = 0; i < AHEAD; i++) {
                publish(load, List.of(user));
            }
            long unused = damageNextEventOf(user, cluster, load);
        } finally {
            edge.thaw();
        }
    }

    /** Everybody has everything, in order and once, but one user, who lacks so many events and nothing else. */
    private static void awaitAllBut(int missing, ClientFleet fleet, LoadPublisher load, String hit) {
        fleet.await(
                "what can be read",
                LIMIT,
                user -> user.received()
                        >= load.count(user.name()) - (user.name().equals(hit) ? missing : 0));
        for (FleetUser user : fleet.users()) {
            if (user.name().equals(hit)) {
                assertEquals(missing, user.missing(), hit);
                assertEquals(load.count(hit) - missing, user.received(), "no event came twice");
            } else {
                assertEquals("", user.faults(load.count(user.name())));
            }
        }
    }

    private static void comeBackWithACursor(FleetUser user, LoadPublisher load) {
        int hellos = user.hellos().size();
        long before = user.received();
        user.leave();
        publish(load, List.of(user.name()));
        user.come();
        await("the user is back").atMost(LIMIT).until(() -> user.isCaughtUp() && user.received() > before);
        assertEquals("resumed", user.hellos().get(hellos).path("resume").asText());
        assertEquals(before + 1, user.received());
        assertEquals(2, user.missing());
    }

    private void sendBatches(String url, TokenSigner tokens, Cluster cluster) {
        String service = tokens.token(claims -> {
            claims.setSubject("sender");
            claims.setClaim("scope", "events:write");
        });
        for (int partition : List.of(DAMAGED, OTHER)) {
            String user = cluster.usersOf(partition, "sent-", 1).get(0);
            String batch = """
                    {"threadId":"t","runId":"sent","events":[
                     {"runSeq":0,"event":{"type":"RUN_STARTED","threadId":"t","runId":"sent"}},
                     {"runSeq":1,"event":{"type":"RUN_FINISHED","threadId":"t","runId":"sent"}}]}""";
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v1/users/" + user + "/events"))
                    .header("Authorization", "Bearer " + service)
                    .header("Content-Type", "application/json")
                    .timeout(LIMIT)
                    .POST(HttpRequest.BodyPublishers.ofString(batch))
                    .build();
            try {
                HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
                assertEquals(200, answer.statusCode(), answer.body());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }
    }

    private static void runAsUsersOf(String url, TokenSigner tokens, Cluster cluster, String run) {
        for (int partition : List.of(DAMAGED, OTHER)) {
            String user = cluster.usersOf(partition, "asking-", 1).get(0);
            try (StreamClient client = StreamClient.connect(url, tokens.token(user), Map.of("snapshot", "false"))) {
                client.start(run + partition, "echo", StreamClient.saying("one two", Map.of()));
                client.awaitEnds(1);
            }
        }
    }

    private static void toolsNameIt(Cluster cluster, long offset, String hit) {
        String range = "partition " + DAMAGED + " offsets " + offset + " to " + offset;
        List<CompletableFuture<Void>> all = List.of(
                tool(
                        cluster,
                        verified -> {
                            assertEquals(1, verified.exitCode(), verified::err);
                            assertTrue(
                                    verified.out()
                                            .contains("unreadable: partition " + DAMAGED + " offset " + offset + ": "),
                                    verified::out);
                        },
                        "verify"),
                tool(
                        cluster,
                        inspected -> {
                            assertEquals(1, inspected.exitCode(), inspected::err);
                            assertTrue(inspected.out().contains("damaged: " + range), inspected::out);
                        },
                        "inspect"),
                tool(
                        cluster,
                        replayed -> {
                            assertEquals(1, replayed.exitCode(), replayed::err);
                            assertEquals(3, replayed.out().lines().count(), replayed::out);
                            assertTrue(replayed.err().contains(range + " cannot be read"), replayed::err);
                        },
                        "replay",
                        "--user",
                        hit,
                        "--json"),
                tool(
                        cluster,
                        replayed -> {
                            assertEquals(0, replayed.exitCode(), replayed::err);
                            assertEquals(3, replayed.out().lines().count(), replayed::out);
                        },
                        "replay",
                        "--user",
                        "user-1",
                        "--json"));
        all.forEach(CompletableFuture::join);
    }

    private static CompletableFuture<Void> tool(Cluster cluster, Consumer<Cli.Outcome> check, String... words) {
        String[] command = new String[words.length + 2];
        System.arraycopy(words, 0, command, 0, words.length);
        command[words.length] = "--bootstrap";
        command[words.length + 1] = cluster.bootstrapServers();
        return Background.run(() -> check.accept(Cli.run(command)));
    }
}
