package dev.heddle.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.event.Json;
import dev.heddle.testing.TestJvm;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** A benchmark of an edge that is broken once in 10,000 events says so; one of an edge that is not, says that. */
class FaultsAreFoundTest {
    private static final String LATE = Long.toString(Fault.DELAY_MILLIS - 1_000);

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @CsvSource({
        "NONE, 0, '', ''",
        "DROP, 1, 'edge: every event once, in order, and nobody else''s', ' 1 missing, 0 again'",
        "DOUBLE, 1, 'edge: every event once, in order, and nobody else''s', ' 0 missing, 1 again'",
        "DELAY, 1, 'warm edge: no event later than 5000 ms', ' were, the latest '"
    })
    void isReported(Fault fault, int exitCode, String brokenCheck, String detail) throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Path page = directory.resolve("report.html");
        EdgeProgram edge =
                new EdgeProgram(FaultyEdge.class.getName(), List.of("-D" + Fault.SWITCH + "=" + fault.name()));
        CommandLine bench = Bench.commandLine(edge).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

        List<String> arguments = new ArrayList<>(List.of(
                ("delivery --no-floors --json --partitions 4 --users 50 --rate 4000 --just-started 1 --warm-seconds 1"
                                + " --seconds 3 --edge-set start.rehearsal=0s --late-ms " + LATE + " --report " + page)
                        .split(" ")));
        String jvm = "-Xmx1g " + String.join(" ", TestJvm.options());
        arguments.addAll(List.of("--kafka-jvm", jvm, "--edge-jvm", jvm));

        int code = bench.execute(arguments.toArray(String[]::new));

        assertEquals(exitCode, code, () -> out + "\n" + err);
        JsonNode report = Json.parseObject(out.toString());
        List<JsonNode> broken = StreamSupport.stream(report.path("checks").spliterator(), false)
                .filter(check -> !check.path("kept").asBoolean())
                .toList();
        assertEquals(
                brokenCheck,
                String.join(
                        ", ",
                        broken.stream()
                                .map(check -> check.path("what").asText())
                                .toList()),
                out::toString);
        assertTrue(broken.isEmpty() || broken.get(0).path("detail").asText().contains(detail), out::toString);
        assertTrue(Files.readString(page).contains(exitCode == 0 ? "ok" : "FAILED"), "page");
    }
}
