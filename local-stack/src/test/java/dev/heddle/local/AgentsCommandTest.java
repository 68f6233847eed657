package dev.heddle.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.AgentOffer;
import dev.heddle.event.Availability;
import dev.heddle.event.ExecutorStatus;
import dev.heddle.event.ExecutorStatusCodec;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.topic.TopicAdmin;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class AgentsCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int agents(String bootstrap) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Heddle.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute("agents", "--bootstrap", bootstrap);
    }

    @Test
    void tellsWhatIsOnOfferAndWhatIsNot() throws Exception {
        try (FreshCluster kafka = KafkaFixture.freshCluster()) {
            String bootstrap = kafka.bootstrapServers();
            assertEquals(1, agents(bootstrap));
            assertEquals(
                    "heddle agents: topic agent-executors is missing: heddle topics create makes it\n", err.toString());

            try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap))) {
                TopicAdmin.create(admin, TopicLayout.local().withPartitions(1));
            }
            assertEquals(0, agents(bootstrap));
            assertEquals("", out.toString());
            assertEquals("heddle agents: no executor offers any\n", err.toString());

            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.<String, Object>of("bootstrap.servers", bootstrap),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                Instant now = Instant.now();
                announce(producer, "here", now);
                announce(producer, "silent", now.minus(Duration.ofMinutes(5)));
                announce(producer, "forgotten", now.minus(ExecutorStatus.MEMORY).minusSeconds(1));
            }
            assertEquals(0, agents(bootstrap));
            assertEquals("", err.toString());
            List<String> lines = out.toString().lines().toList();
            assertEquals(2, lines.size(), out::toString);
            assertTrue(lines.get(0).matches("echo +available +here \\(3 runs\\) +Says it again\\."), out::toString);
            assertTrue(lines.get(1).matches("echo +gone +silent .*"), out::toString);
        }
    }

    private static void announce(KafkaProducer<byte[], byte[]> producer, String executor, Instant at) throws Exception {
        AgentOffer offer = new AgentOffer("echo", Availability.AVAILABLE, "Says it again.", 3);
        byte[] value =
                ExecutorStatusCodec.encode(new ExecutorStatus(executor, at, Duration.ofSeconds(10), List.of(offer)));
        producer.send(new ProducerRecord<>(
                        Topics.AGENT_EXECUTORS, 0, at.toEpochMilli(), executor.getBytes(StandardCharsets.UTF_8), value))
                .get();
    }
}
