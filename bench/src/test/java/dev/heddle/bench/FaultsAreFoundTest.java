package dev.heddle.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.bench.process.FreePort;
import dev.heddle.bench.process.JavaProcess;
import dev.heddle.event.Json;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.TestJvm;
import dev.heddle.token.TokenSigner;
import dev.heddle.topic.TopicAdmin;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/**
 * A benchmark of an edge that is broken a few times in 12,000 events says each of them; one of an edge that is not,
 * says that.
 */
class FaultsAreFoundTest {
    private static final String LATE = Long.toString(Fault.DELAY_MILLIS - 1_000);
    private static final int PARTITIONS = 4;
    private static final Duration START = Duration.ofSeconds(90);

    /** For the edges that are broken; for the one that is well the benchmark starts its own. */
    private static FreshCluster kafka;

    @TempDir
    Path directory = Path.of("");

    @BeforeAll
    static void start() {
        kafka = KafkaFixture.freshCluster();
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()))) {
            TopicAdmin.create(admin, TopicLayout.local().withPartitions(PARTITIONS));
        }
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    /** What the benchmark said of an edge: its exit code, the checks that failed, and everything. */
    private record Said(int code, List<JsonNode> broken, String page, String all) {}

    private Said benchmark(String... more) throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Path page = directory.resolve("report.html");
        EdgeProgram well = new EdgeProgram(FaultyEdge.class.getName(), List.of());
        CommandLine bench = Bench.commandLine(well).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        List<String> arguments = new ArrayList<>(List.of(("delivery --no-floors --json --users 50 --rate 4000"
                        + " --just-started 1 --warm-seconds 1 --seconds 2 --partitions " + PARTITIONS + " --late-ms "
                        + LATE + " --report " + page)
                .split(" ")));
        arguments.addAll(List.of(more));
        int code = bench.execute(arguments.toArray(String[]::new));
        JsonNode report = Json.parseObject(out.toString());
        List<JsonNode> broken = StreamSupport.stream(report.path("checks").spliterator(), false)
                .filter(check -> !check.path("kept").asBoolean())
                .toList();
        return new Said(code, broken, Files.readString(page), out + "\n" + err);
    }

    private static String jvm() {
        return "-Xmx1g " + String.join(" ", TestJvm.options());
    }

    @Test
    void anEdgeThatIsWellIsSaidToBe() throws Exception {
        Said said = benchmark("--edge-set", "start.rehearsal=0s", "--kafka-jvm", jvm(), "--edge-jvm", jvm());
        assertEquals(0, said.code(), said::all);
        assertEquals(List.of(), said.broken(), said::all);
        assertTrue(said.page().contains("ok"), "page");
    }

    @ParameterizedTest
    @CsvSource({
        // An event out of order counts twice: missing at its place, and repeated where it arrives.
        "DROP DOUBLE FOREIGN REORDER, 'edge: every event once, in order, and nobody else''s', ' 2 missing, 2 again or out of order, 1 foreign, 0 unreadable'",
        "DELAY, 'warm edge: no event later than 5000 ms', ' were, the latest '"
    })
    void eachFaultIsReported(String faults, String brokenCheck, String detail) throws Exception {
        TokenSigner tokens = TokenSigner.in(directory);
        try (JavaProcess edge = JavaProcess.launch(faulty(faults, tokens), directory, START)) {
            Said said = benchmark(
                    "--edge",
                    edge.ready(),
                    "--bootstrap",
                    kafka.bootstrapServers(),
                    "--key",
                    tokens.file().toString());
            assertEquals(1, said.code(), said::all);
            assertEquals(
                    brokenCheck,
                    said.broken().stream()
                            .map(check -> check.path("what").asText())
                            .collect(Collectors.joining(", ")),
                    said::all);
            assertTrue(said.broken().get(0).path("detail").asText().contains(detail), said::all);
            assertTrue(said.page().contains("FAILED"), "page");
        }
    }

    private static JavaProcess.Program faulty(String faults, TokenSigner tokens) {
        List<String> arguments =
                new ArrayList<>(List.of("edge", "--management-port", Integer.toString(FreePort.next())));
        for (String setting : List.of(
                "kafka.bootstrapServers=" + kafka.bootstrapServers(),
                "topics.partitions=" + PARTITIONS,
                "topics.replication=1",
                "topics.minInsyncReplicas=1",
                "auth.keys=" + tokens.file(),
                "http.host=127.0.0.1",
                "http.port=0",
                "management.host=127.0.0.1",
                "start.rehearsal=0s")) {
            arguments.addAll(List.of("--set", setting));
        }
        List<String> options = new ArrayList<>(List.of(jvm().split(" +")));
        options.add("-D" + Fault.SWITCH + "=" + faults.replace(' ', ','));
        return new JavaProcess.Program("faulty-edge", FaultyEdge.class.getName(), options, arguments);
    }
}
