package dev.heddle.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.internals.Exit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {
    @TempDir
    Path temporary = Path.of("");

    private Path data() {
        return temporary.resolve("data");
    }

    @Test
    void aBrokerServesProducersConsumersGroupsAndTransactions() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(data()))) {
            Clients clients = new Clients(kafka);
            clients.createTopic("t", 1, Map.of());
            clients.publish("t", "one");
            clients.publishInTransaction("t", "two");

            assertEquals(List.of("one", "two"), clients.read("t", 2));
            assertEquals(List.of("one", "two"), clients.readAsGroup("t", 2, "g"));
            assertFalse(kafka.failure().isDone());
        }
    }

    @Test
    void aSecondStartOnTheSameDataContinuesOnWhateverPort() throws Exception {
        String first;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(data()))) {
            first = kafka.bootstrapServers();
            Clients clients = new Clients(kafka);
            clients.createTopic("t", 1, Map.of());
            clients.publish("t", "before");
        }
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(data()))) {
            assertFalse(first.equals(kafka.bootstrapServers()), "free ports are drawn at random");
            Clients clients = new Clients(kafka);
            clients.publish("t", "after");

            assertEquals(List.of("before", "after"), clients.read("t", 2));
        }
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = other.getLocalPort();

            assertEquals(
                    "port " + port + " on 127.0.0.1 is taken",
                    refusal(EmbeddedKafkaConfig.in(data()).withPort(port)));
        }
    }

    @Test
    void dataOfAnotherNumberOfBrokersIsRefused() {
        EmbeddedKafka.start(EmbeddedKafkaConfig.in(data())).close();

        assertEquals(
                "data directory " + data() + " was made for another number of brokers: 1, not 3",
                refusal(EmbeddedKafkaConfig.in(data()).withBrokers(3)));
    }

    @Test
    void dataInUseAreRefusedAndFreeAgainAfterwards() {
        EmbeddedKafkaConfig config = EmbeddedKafkaConfig.in(data());
        try (EmbeddedKafka kafka = EmbeddedKafka.start(config)) {
            assertEquals("data directory " + data() + " is in use by another process", refusal(config));
            assertFalse(kafka.failure().isDone());
        }
        EmbeddedKafka.start(config).close();
    }

    @Test
    void aFailedStartLeavesTheDirectoryFree() throws Exception {
        EmbeddedKafkaConfig config = EmbeddedKafkaConfig.in(data());
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            refusal(config.withPort(other.getLocalPort()));
        }
        EmbeddedKafka.start(config).close();
    }

    @Test
    void somebodyElsesDirectoryIsRefusedAndLeftAlone() throws Exception {
        Files.createDirectories(data());
        Files.writeString(data().resolve("thesis.txt"), "precious");

        assertEquals(
                "data directory " + data() + " is not empty and holds no data of Heddle's: give another one",
                refusal(EmbeddedKafkaConfig.in(data())));
        try (var entries = Files.list(data())) {
            assertEquals(1, entries.count());
        }
    }

    @Test
    void anUnknownLayoutIsRefused() throws Exception {
        Files.createDirectories(data());
        Files.writeString(data().resolve(DataDirectory.MARKER), "layout=7\nbrokers=1\ncluster.id=x\n");

        assertEquals(
                "data directory " + data() + " has layout 7, this version reads layout 1: give another one",
                refusal(EmbeddedKafkaConfig.in(data())));
    }

    @Test
    void aDirectoryThatCannotBeMadeIsNamed() throws Exception {
        Path file = Files.writeString(temporary.resolve("file"), "");

        assertEquals(file + " is not a directory", refusal(EmbeddedKafkaConfig.in(file)));
        assertTrue(refusal(EmbeddedKafkaConfig.in(file.resolve("below")))
                .startsWith("data directory " + file.resolve("below") + " cannot be used: "));
    }

    @Test
    void aBadPropertyIsToldInOneLine() {
        String told = refusal(EmbeddedKafkaConfig.in(data()).withProperty("num.io.threads", "many"));

        assertTrue(told.contains("num.io.threads"), told);
        assertFalse(told.contains("\n"), told);
    }

    @Test
    void kafkaCannotEndTheProcess() {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(data()))) {
            assertThrows(EmbeddedKafkaException.class, () -> Exit.halt(1, "disk is gone"));

            assertEquals(
                    "Kafka asked to halt the process with status 1: disk is gone",
                    kafka.failure().join().getMessage());
        }
    }

    private static String refusal(EmbeddedKafkaConfig config) {
        String message = assertThrows(EmbeddedKafkaException.class, () -> EmbeddedKafka.start(config)
                        .close())
                .getMessage();
        return message == null ? "" : message;
    }
}
