package dev.heddle.edge.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.edge.command.CommandConfig;
import dev.heddle.edge.command.CommandLog.Outcome;
import dev.heddle.edge.socket.EdgeRig;
import dev.heddle.event.AgentCommand;
import dev.heddle.event.CommandCodec;
import dev.heddle.event.CommandHeader;
import dev.heddle.event.Json;
import dev.heddle.event.Partitioning;
import dev.heddle.event.RunCancel;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import dev.heddle.testing.KafkaFixture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class KafkaCommandLogTest {

    private static final int PARTITIONS = 4;
    private static final byte[] TRACE =
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".getBytes(StandardCharsets.US_ASCII);
    private static final UserKey USER = UserKey.of("command-log-user");

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static Outcome append(KafkaCommandLog log, AgentCommand command) throws Exception {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        log.append(command, TRACE, outcome::complete);
        return outcome.get(30, TimeUnit.SECONDS);
    }

    private static CommandHeader header(String id) {
        return new CommandHeader(id, USER, "t", "r", Instant.EPOCH);
    }

    @Test
    void anAppendedCommandLiesUnderItsUserInTheUsersPartition() throws Exception {
        EdgeRig.prepare(KAFKA.bootstrapServers());
        KafkaClientSettings kafka = KafkaClientSettings.at(KAFKA.bootstrapServers());
        try (KafkaCommandLog log = new KafkaCommandLog(kafka, CommandConfig.defaults(), PARTITIONS)) {
            RunStart start = new RunStart(header("c1"), "echo", Json.parseObject("{\"messages\":[]}"));
            assertEquals(Outcome.APPENDED, append(log, start));
            assertEquals(start, CommandCodec.decode(USER, lastOfTheUser().value()));
            assertArrayEquals(
                    TRACE, lastOfTheUser().headers().lastHeader("traceparent").value());
        }
    }

    private static ConsumerRecord<byte[], byte[]> lastOfTheUser() {
        TopicPartition partition =
                new TopicPartition(Topics.AGENT_COMMANDS, Partitioning.partitionOf(USER, PARTITIONS));
        try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", KAFKA.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            long end =
                    consumer.endOffsets(List.of(partition)).values().iterator().next();
            consumer.seek(partition, end - 1);
            List<ConsumerRecord<byte[], byte[]>> records = List.of();
            while (records.isEmpty()) {
                records = consumer.poll(Duration.ofSeconds(1)).records(partition);
            }
            assertEquals(USER, UserKey.fromUtf8(records.get(0).key()));
            return records.get(0);
        }
    }

    @Test
    void aCommandThatIsTooLargeIsToldSo() throws Exception {
        KafkaClientSettings kafka =
                new KafkaClientSettings(KAFKA.bootstrapServers(), Map.of("max.request.size", "2000"));
        try (KafkaCommandLog log = new KafkaCommandLog(kafka, CommandConfig.defaults(), PARTITIONS)) {
            RunStart start = new RunStart(header("c2"), "echo", Json.object().put("pad", "x".repeat(5_000)));
            assertEquals(Outcome.TOO_LARGE, append(log, start));
        }
    }

    @Test
    void withoutKafkaACommandIsUnavailableInTimeAndTheCallerNeverWaits() throws Exception {
        Duration patience = Duration.ofSeconds(2);
        CommandConfig config = new CommandConfig(1, 2, patience);
        try (KafkaCommandLog log = new KafkaCommandLog(KafkaClientSettings.at("127.0.0.1:1"), config, PARTITIONS)) {
            List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
            long before = System.nanoTime();
            for (int i = 0; i < 10; i++) {
                CompletableFuture<Outcome> outcome = new CompletableFuture<>();
                log.append(new RunCancel(header("c" + i)), null, outcome::complete);
                outcomes.add(outcome);
            }
            assertTrue(System.nanoTime() - before < patience.toNanos());
            for (CompletableFuture<Outcome> outcome : outcomes) {
                assertEquals(Outcome.UNAVAILABLE, outcome.get(30, TimeUnit.SECONDS));
            }
        }
    }
}
