package dev.heddle.systemtest.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.client.StreamQuery;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.config.Settings;
import dev.heddle.edge.Edge;
import dev.heddle.executor.Executor;
import dev.heddle.executor.ExecutorConfig;
import dev.heddle.testing.OtlpCollector;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a client's words go, as a collector of traces is told: from the command through the run to the frame. */
final class TraceTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String USER = "traced-user";
    private static final String COMMAND =
            "{\"type\":\"command\",\"id\":\"c1\",\"command\":\"run.start\",\"agentId\":\"echo\",\"threadId\":\"t\",\"runId\":\"r1\","
                    + "\"input\":{\"messages\":[{\"id\":\"m1\",\"role\":\"user\",\"content\":\"secret words\"}]}}";

    @Test
    void oneTraceGoesFromTheCommandThroughItsRunToEachFrame(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.in(directory);
        try (OtlpCollector collector = OtlpCollector.start();
                Cluster cluster = Cluster.start(2);
                Executor executor = executor(cluster, "tracing.endpoint=" + collector.endpoint(), "tracing.ratio=1");
                Edge edge = cluster.startEdge(tokens, "tracing.endpoint=" + collector.endpoint(), "tracing.ratio=1");
                ClientFleet fleet = new ClientFleet(List.of(USER), tokens, StreamQuery.from("latest"))) {
            run(fleet, edge, executor);
            OtlpCollector.Span command = named(collector, "heddle.command");
            OtlpCollector.Span run = child(collector, "heddle.run", command);
            OtlpCollector.Span publish = child(collector, "heddle.publish", run);
            OtlpCollector.Span frame = child(collector, "heddle.deliver", publish);
            assertEquals("", command.parent());
            assertEquals(command.trace(), frame.trace());
            // RUN_STARTED, a message of three events at least, RUN_FINISHED: each from publish to frame.
            await("a frame for each event").atMost(LIMIT).until(() -> {
                long published = count(collector, "heddle.publish");
                return published >= 5 && published == count(collector, "heddle.deliver");
            });
            assertEquals(
                    1,
                    collector.spans().stream()
                            .map(OtlpCollector.Span::trace)
                            .distinct()
                            .count());
            assertFalse(collector.text().contains(USER));
            assertFalse(collector.text().contains("secret words"));
        }
    }

    @Test
    void aTraceGoesThroughAnExecutorThatDoesNotTrace(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.in(directory);
        try (OtlpCollector collector = OtlpCollector.start();
                Cluster cluster = Cluster.start(2);
                Executor executor = executor(cluster);
                Edge edge = cluster.startEdge(tokens, "tracing.endpoint=" + collector.endpoint(), "tracing.ratio=1");
                ClientFleet fleet = new ClientFleet(List.of(USER), tokens, StreamQuery.from("latest"))) {
            run(fleet, edge, executor);
            child(collector, "heddle.deliver", named(collector, "heddle.command"));
        }
    }

    @Test
    void withoutTracingNoRecordBearsAHeader(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.in(directory);
        try (Cluster cluster = Cluster.start(2);
                Executor executor = executor(cluster);
                Edge edge = cluster.startEdge(tokens);
                ClientFleet fleet = new ClientFleet(List.of(USER), tokens, StreamQuery.from("latest"))) {
            run(fleet, edge, executor);
            for (String topic : List.of("agent-commands", "agent-events")) {
                List<ConsumerRecord<byte[], byte[]>> records = records(cluster, topic);
                assertTrue(records.size() > 0, topic);
                records.forEach(record -> assertEquals(0, record.headers().toArray().length, topic));
            }
        }
    }

    private static Executor executor(Cluster cluster, String... tracing) {
        ExecutorConfig config = Settings.with(
                ExecutorConfig.defaults(),
                "kafka.bootstrapServers=" + cluster.bootstrapServers(),
                "publisher.partitions=" + cluster.partitions());
        return Executor.start(Settings.with(config, tracing));
    }

    /** One run from its command to its end at the client. */
    private static void run(ClientFleet fleet, Edge edge, Executor executor) {
        executor.ready().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
        fleet.target(edge.port());
        fleet.come(LIMIT);
        FleetUser user = fleet.user(USER);
        AtomicInteger sent = new AtomicInteger();
        await("the command is accepted").atMost(LIMIT).until(() -> {
            if (answers(user, "accepted") > 0) {
                return true;
            }
            // At first the edge knows of no agent.
            if (answers(user, "rejected") == sent.get()) {
                sent.incrementAndGet();
                user.send(COMMAND);
            }
            return false;
        });
        await("the run has ended").atMost(LIMIT).until(() -> user.otherTypes().contains("RUN_FINISHED"));
    }

    private static long answers(FleetUser user, String type) {
        return user.answers().stream()
                .filter(answer -> answer.path("type").asText().equals(type))
                .count();
    }

    private static OtlpCollector.Span named(OtlpCollector collector, String name) {
        return collector.await("a span " + name, LIMIT, span -> span.name().equals(name));
    }

    private static OtlpCollector.Span child(OtlpCollector collector, String name, OtlpCollector.Span parent) {
        return collector.await(
                "a span " + name + " after " + parent,
                LIMIT,
                span -> span.name().equals(name)
                        && span.trace().equals(parent.trace())
                        && span.parent().equals(parent.id()));
    }

    private static long count(OtlpCollector collector, String name) {
        return collector.spans().stream()
                .filter(span -> span.name().equals(name))
                .count();
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(Cluster cluster, String topic) {
        int partition = cluster.partitionOf(USER);
        TopicPartition of = new TopicPartition(topic, partition);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                KafkaClientSettings.at(cluster.bootstrapServers()).forClient("trace-test"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(of));
            consumer.seekToBeginning(List.of(of));
            return await("records of " + topic)
                    .atMost(LIMIT)
                    .until(
                            () -> {
                                List<ConsumerRecord<byte[], byte[]>> found =
                                        consumer.poll(Duration.ofMillis(500)).records(of);
                                return found.isEmpty() ? null : found;
                            },
                            Objects::nonNull);
        }
    }
}
