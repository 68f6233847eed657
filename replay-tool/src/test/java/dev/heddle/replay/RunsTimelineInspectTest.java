package dev.heddle.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Cursor;
import dev.heddle.event.Generation;
import dev.heddle.event.Json;
import dev.heddle.event.Partitioning;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import dev.heddle.testing.KafkaFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the tool tells of runs, of one run, and of the log. */
class RunsTimelineInspectTest {
    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final UserKey ALICE = UserKey.of("alice");
    private static final UserKey BOB = UserKey.of("bob");
    private static final int HOME = Partitioning.partitionOf(ALICE, 3);

    private static TestLog log;

    @TempDir
    Path directory = Path.of("");

    @BeforeAll
    static void fill() throws Exception {
        log = TestLog.create(KAFKA.bootstrapServers(), "told-" + UUID.randomUUID(), 3);
        for (byte[] event : SampleRun.of(ALICE, "t", "whole", 3)) {
            log.put(ALICE, event);
        }
        List<byte[]> cut = SampleRun.of(ALICE, "t2", "<script>alert(1)</script>", 3);
        for (byte[] event : cut.subList(0, 4)) {
            log.put(ALICE, event);
        }
        log.put(
                ALICE,
                SampleRun.event(
                        ALICE, "t3", "failed", 0, "{\"type\":\"RUN_ERROR\",\"message\":\"no\"}", 1_767_225_600_000L));
        log.put(
                ALICE,
                SampleRun.event(
                        ALICE,
                        "t4",
                        "asks",
                        1,
                        "{\"type\":\"RUN_FINISHED\",\"threadId\":\"t4\",\"runId\":\"asks\",\"outcome\":{\"type\":\"interrupt\","
                                + "\"interrupts\":[{\"id\":\"i\",\"reason\":\"approval\",\"message\":\"May I?\"}]}}",
                        1_767_225_600_000L));
        log.put(BOB, new byte[] {1, 2, 3});
        log.put(BOB, SampleRun.of(BOB, "t", "r", 1).get(0));
        log.flush();
    }

    @AfterAll
    static void close() {
        log.close();
    }

    private static ToolRun run(Object command, String... more) {
        List<String> all = new ArrayList<>(List.of("--bootstrap", KAFKA.bootstrapServers(), "--topic", log.name()));
        all.addAll(Arrays.asList(more));
        return ToolRun.of(command, all.toArray(String[]::new));
    }

    @Test
    void runsAreListedWithWhatTheyWere() {
        ToolRun json = run(new RunsCommand(), "--user", "alice", "--json");
        assertEquals(0, json.code(), json::toString);
        assertEquals(4, json.lines().size());
        ObjectNode whole = Json.parseObject(json.lines().get(0));
        assertEquals("whole", whole.get("runId").asText());
        assertEquals("finished", whole.get("status").asText());
        assertEquals("helper", whole.get("agentId").asText());
        assertEquals(13, whole.get("events").asInt());
        assertEquals(12 * 250, whole.get("lengthMs").asInt());
        assertEquals(1, whole.get("toolCalls").asInt());
        assertEquals(15, whole.get("tokens").asInt());
        assertEquals(1, whole.get("attempts").asInt());
        assertEquals(
                List.of("finished", "running", "error", "interrupted"),
                json.lines().stream()
                        .map(line -> Json.parseObject(line).get("status").asText())
                        .toList());

        ToolRun table = run(new RunsCommand(), "--user", "alice", "--thread", "t");
        assertEquals(2, table.lines().size());
        assertTrue(table.lines().get(0).startsWith("RUN "), table::toString);
        assertTrue(table.lines().get(1).contains("finished  helper"), table::toString);

        ToolRun nobody = run(new RunsCommand(), "--user", "nobody");
        assertEquals(1, nobody.code());
        assertEquals("runs: no runs of user nobody\n", nobody.err());
    }

    @Test
    void aTimelineHasWhatHappenedAsDataAndNothingAsMarkup() throws Exception {
        Path file = directory.resolve("run.html");
        assertEquals(
                0,
                run(new TimelineCommand(), "--user", "alice", "--run", "whole", "-o", file.toString(), "--json")
                        .code());
        ObjectNode data = Json.parseObject(Files.readString(file));
        JsonNode step = data.get("spans").get(0);
        assertEquals("look", step.get("name").asText());
        JsonNode tool = data.get("spans").get(1);
        assertEquals("tool", tool.get("kind").asText());
        assertEquals("calculator", tool.get("name").asText());
        assertEquals("{\"expression\":\"6 * 7\"}", tool.get("text").asText());
        assertEquals("42", tool.get("result").asText());
        assertEquals(750, tool.get("to").asLong() - tool.get("from").asLong());
        JsonNode message = data.get("spans").get(2);
        assertEquals("grüß 🧵 0 grüß 🧵 1 grüß 🧵 2 ", message.get("text").asText());
        assertFalse(message.get("open").asBoolean());
        assertEquals(13, data.get("times").size());

        String hostile = "<script>alert(1)</script>";
        assertEquals(
                0,
                run(new TimelineCommand(), "--user", "alice", "--run", hostile, "-o", file.toString())
                        .code());
        String page = Files.readString(file);
        assertFalse(page.contains(hostile));
        assertFalse(page.matches("(?s).*(https?:|src=|@import|url\\().*"), "the page asks elsewhere");
        assertTrue(page.contains("\"open\":true"));

        ToolRun none = run(new TimelineCommand(), "--user", "alice", "--run", "none", "-o", file.toString());
        assertEquals(1, none.code());
        assertEquals("timeline: the log holds no run none of user alice\n", none.err());
    }

    @Test
    void redactionReachesTheTimeline() throws Exception {
        Path file = directory.resolve("run.html");
        assertEquals(
                0,
                run(
                                new TimelineCommand(),
                                "--user",
                                "alice",
                                "--run",
                                "whole",
                                "-o",
                                file.toString(),
                                "--redact",
                                "/event/delta",
                                "--redact",
                                "/event/content")
                        .code());
        String page = Files.readString(file);
        assertFalse(page.contains("grüß"));
        assertFalse(page.contains("6 * 7"));
        assertTrue(page.contains("[redacted]"));
    }

    @Test
    void theLogIsTold() {
        ToolRun json = run(new InspectCommand(), "--json");
        assertEquals(0, json.code(), json::toString);
        ObjectNode report = Json.parseObject(json.out());
        assertEquals(3, report.get("partitions").size());
        JsonNode home = report.get("partitions").get(HOME);
        int bobs = HOME == Partitioning.partitionOf(BOB, 3) ? 2 : 0;
        assertEquals(19 + bobs, home.get("events").asInt(), json::toString);
        assertEquals(2, report.get("schemas").size(), json::toString);
        assertEquals(1, report.get("schemas").get("none").asInt());
        String undecodable = report.get("partitions")
                .get(Partitioning.partitionOf(BOB, 3))
                .get("undecodable")
                .get(0)
                .asText();
        assertTrue(
                undecodable.startsWith("partition " + Partitioning.partitionOf(BOB, 3) + " offset "), json::toString);

        ToolRun text = run(new InspectCommand());
        assertTrue(text.out().contains("█"), text::toString);
        assertTrue(text.out().contains("1 records cannot be read:"), text::toString);
        ToolRun quick = run(new InspectCommand(), "--quick");
        assertEquals(0, quick.code(), quick::toString);
        assertTrue(quick.out().contains("PARTITION"), quick::toString);
        assertFalse(quick.out().contains("cannot be read"), quick::toString);

        ToolRun user = run(new InspectCommand(), "--user", "alice", "--json");
        ObjectNode facts = Json.parseObject(user.out());
        assertEquals(HOME, facts.get("partition").asInt());
        assertEquals(19, facts.get("events").asInt());
        assertEquals(4, facts.get("runs").asInt());
        assertEquals(1, facts.get("open").asInt());
        assertEquals(1, run(new InspectCommand(), "--user", "nobody").code());
    }

    @Test
    void aCursorIsExplained() {
        assertCursor(0, "resumed", ALICE, log.generation(), 2);
        assertCursor(1, "reset foreign", BOB, log.generation(), 2);
        assertCursor(1, "reset truncated", ALICE, log.generation(), 999);
        assertCursor(1, "reset generation: the log was made again", ALICE, new Generation(UUID.randomUUID(), 3), 2);
        UUID same = log.generation().topicId();
        assertCursor(1, "reset generation: the log has 3 partitions", ALICE, new Generation(same, 4), 2);
        ToolRun bad = run(new InspectCommand(), "--cursor", "bad");
        assertEquals(2, bad.code());
        assertEquals("inspect: the cursor is malformed: not the length of a cursor\n", bad.err());
    }

    private static void assertCursor(int code, String outcome, UserKey whose, Generation of, long offset) {
        String cursor = Cursor.at(of, whose, new Position(offset, 0), 0).encode();
        ToolRun run = run(new InspectCommand(), "--cursor", cursor, "--user", "alice", "--json");
        assertEquals(code, run.code(), run::toString);
        ObjectNode facts = Json.parseObject(run.out());
        assertTrue(facts.get("outcome").asText().startsWith(outcome), run::toString);
        assertEquals(offset, facts.get("offset").asLong());
    }
}
