package dev.heddle.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.kafka.EmbeddedKafka;
import dev.heddle.kafka.EmbeddedKafkaConfig;
import dev.heddle.testing.TestCertificate;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command on a Kafka that wants TLS, a user name and a password (SASL/PLAIN). */
class SecuredKafkaTest {
    private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"
            + " username=\"operator\" password=\"a-password\"";

    @TempDir
    static Path directory = Path.of("");

    private static EmbeddedKafka kafka;
    private static Path properties;
    private static List<String> reach;

    @BeforeAll
    static void start() throws Exception {
        TestCertificate certificate = new TestCertificate(directory);
        certificate.install("broker");
        kafka = EmbeddedKafka.start(new EmbeddedKafkaConfig(
                directory.resolve("data"),
                0,
                1,
                Map.of(
                        "listener.security.protocol.map", "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT",
                        "ssl.keystore.type", "PEM",
                        "ssl.keystore.location", pem(certificate).toString(),
                        "ssl.truststore.type", "PEM",
                        "ssl.truststore.location", certificate.certificate().toString(),
                        "ssl.endpoint.identification.algorithm", "",
                        "sasl.enabled.mechanisms", "PLAIN",
                        "sasl.mechanism.inter.broker.protocol", "PLAIN",
                        "listener.name.plaintext.plain.sasl.jaas.config", LOGIN + " user_operator=\"a-password\";")));
        reach = List.of(
                "security.protocol=SASL_SSL",
                "ssl.truststore.type=PEM",
                "ssl.truststore.location=" + certificate.certificate(),
                "ssl.endpoint.identification.algorithm=",
                "sasl.mechanism=PLAIN",
                "sasl.jaas.config=" + LOGIN + ";");
        properties = Files.write(directory.resolve("kafka.properties"), reach);
    }

    /** The key and its certificate in one file, as Kafka takes them. */
    private static Path pem(TestCertificate certificate) throws IOException {
        return Files.writeString(
                directory.resolve("broker.pem"),
                Files.readString(certificate.key()) + Files.readString(certificate.certificate()));
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    private record Told(int code, String out, String err) {}

    private static Told run(List<String> command, String... more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of("--bootstrap", kafka.bootstrapServers()));
        all.addAll(List.of(more));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Heddle.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
        return new Told(code, out.toString(), err.toString());
    }

    @Test
    void everyCommandReachesItByAFileOfProperties() throws Exception {
        String events = Files.writeString(directory.resolve("events"), """
                        {"type":"RUN_STARTED","threadId":"t","runId":"r"}
                        {"type":"RUN_FINISHED","threadId":"t","runId":"r"}
                        """).toString();
        String exported = directory.resolve("exported").toString();
        for (List<String> command : List.of(
                List.of("topics", "create"),
                List.of("topics", "check"),
                List.of("topics", "replicas"),
                List.of("agents"),
                List.of("revoke", "--user", "alice"),
                List.of("publish", "--user", "alice", events),
                List.of("runs", "--user", "alice"),
                List.of("verify"),
                List.of("inspect"),
                List.of("export", "-o", exported))) {
            Told told = run(command, "--kafka-properties", properties.toString());
            assertEquals(0, told.code(), () -> command + ": " + told);
        }
    }

    @Test
    void settingsReachItToo() {
        List<String> command = new ArrayList<>(List.of("topics", "replicas"));
        reach.forEach(property -> command.addAll(List.of("--set", "kafka.properties." + property)));
        Told told = run(command);
        assertEquals(0, told.code(), told::toString);
    }

    @Test
    void aCertificateThatNobodyTrustsIsOneLine() throws Exception {
        Path trusting = Files.write(
                directory.resolve("trusting.properties"),
                reach.stream()
                        .filter(line -> !line.startsWith("ssl.truststore"))
                        .toList());
        for (List<String> command : List.of(
                List.of("topics", "check"),
                List.of("agents"),
                List.of("revoke", "--user", "a"),
                List.of("replay", "--user", "a"),
                List.of("publish", "--user", "a", trusting.toString()))) {
            Told told = run(command, "--kafka-properties", trusting.toString());
            assertEquals(1, told.code(), () -> command + ": " + told);
            assertEquals(1, told.err().lines().count(), () -> command + ": " + told);
            assertTrue(told.err().contains("SSL handshake failed"), () -> command + ": " + told);
        }
    }

    @Test
    void aWrongPasswordIsOneLineThatDoesNotTellIt() throws Exception {
        Path wrong = Files.writeString(
                directory.resolve("wrong.properties"),
                Files.readString(properties).replace("a-password", "a-wrong-one"));
        for (List<String> command : List.of(
                List.of("topics", "check"),
                List.of("agents"),
                List.of("revoke", "--user", "a"),
                List.of("replay", "--user", "a"),
                List.of("publish", "--user", "a", wrong.toString()))) {
            Told told = run(command, "--kafka-properties", wrong.toString());
            assertEquals(1, told.code(), () -> command + ": " + told);
            assertEquals(1, told.err().lines().count(), () -> command + ": " + told);
            assertTrue(told.err().contains("uthentication"), () -> command + ": " + told);
            assertFalse(told.err().contains("a-wrong-one"), () -> command + ": " + told);
        }
    }

    @Test
    void aFileThatIsNotThereIsWrongUse() {
        for (List<String> command : List.of(
                List.of("topics", "check"),
                List.of("agents"),
                List.of("revoke", "--user", "a"),
                List.of("replay", "--user", "a"),
                List.of("edge"),
                List.of("executor"),
                List.of("ingest"),
                List.of("publish", "--user", "a"))) {
            for (String option : List.of("--kafka-properties", "--config")) {
                Told told = run(command, option, directory.resolve("none").toString());
                assertEquals(2, told.code(), () -> command + ": " + told);
                assertEquals(1, told.err().lines().count(), () -> command + ": " + told);
            }
        }
    }
}
