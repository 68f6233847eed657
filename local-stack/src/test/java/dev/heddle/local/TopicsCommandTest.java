package dev.heddle.local;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.topic.Topics;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

class TopicsCommandTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private record Told(int code, List<String> lines) {}

    private static Told topics(FreshCluster kafka, String... arguments) {
        List<String> all = new ArrayList<>(List.of("topics"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--partitions", "1", "--bootstrap", kafka.bootstrapServers()));
        StringWriter err = new StringWriter();
        int code = Heddle.commandLine()
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
        return new Told(code, err.toString().lines().toList());
    }

    @Test
    void checkNamesTheTopicThatTakesLessThanTheLargestRecords() throws Exception {
        try (FreshCluster kafka = KafkaFixture.freshCluster()) {
            assertEquals(new Told(0, List.of()), topics(kafka, "create", "--event-bytes", "2MiB"));
            assertEquals(new Told(0, List.of()), topics(kafka, "check", "--event-bytes", "2MiB"));
            assertEquals(new Told(0, List.of()), topics(kafka, "check"));
            refused(kafka, Topics.AGENT_EVENTS, "--event-bytes", "4MiB");
            refused(kafka, Topics.AGENT_COMMANDS, "--command-bytes", "2MiB");

            limit(kafka, "20000");
            await("the smaller limit")
                    .atMost(SOON)
                    .until(() -> topics(kafka, "check").code() != 0);
            assertEquals(
                    new Told(
                            1,
                            List.of("topic agent-events has max.message.bytes=20000, but records of up to "
                                    + (976 << 10) + " bytes are configured")),
                    topics(kafka, "check"));
            assertEquals(new Told(0, List.of()), topics(kafka, "check", "--event-bytes", "3KiB"));
        }
    }

    private static void refused(FreshCluster kafka, String topic, String... sizes) {
        List<String> arguments = new ArrayList<>(List.of("check"));
        arguments.addAll(List.of(sizes));
        Told told = topics(kafka, arguments.toArray(String[]::new));
        assertEquals(1, told.code(), told::toString);
        assertEquals(1, told.lines().size(), told::toString);
        assertTrue(told.lines().get(0).startsWith("topic " + topic + " has max.message.bytes="), told::toString);
    }

    private static void limit(FreshCluster kafka, String bytes) throws Exception {
        ConfigResource events = new ConfigResource(ConfigResource.Type.TOPIC, Topics.AGENT_EVENTS);
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.incrementalAlterConfigs(Map.of(
                            events,
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("max.message.bytes", bytes), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }
}
