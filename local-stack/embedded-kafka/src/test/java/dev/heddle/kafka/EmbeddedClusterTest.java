package dev.heddle.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several brokers in one process; a class of its own, so that it runs beside those of a single one. */
class EmbeddedClusterTest {
    @TempDir
    Path temporary = Path.of("");

    @Test
    void threeBrokersLoseOneAndGoOn() throws Exception {
        EmbeddedKafkaConfig config =
                EmbeddedKafkaConfig.in(temporary.resolve("data")).withBrokers(3);
        try (EmbeddedKafka kafka = EmbeddedKafka.start(config)) {
            Clients clients = new Clients(kafka);
            clients.createTopic("t", 3, Map.of("min.insync.replicas", "2"));
            clients.publish("t", "one");
            for (int broker = 0; broker < kafka.brokers(); broker++) {
                kafka.stopBroker(broker);
                clients.publish("t", "without " + broker);
                kafka.startBroker(broker);
                assertTrue(clients.inSync("t", 3), "all replicas in sync again");
            }

            assertEquals(List.of("one", "without 0", "without 1", "without 2"), clients.read("t", 4));
            assertFalse(kafka.failure().isDone());
        }
    }
}
