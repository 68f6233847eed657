package dev.heddle.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.EventItem;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import dev.heddle.testing.KafkaFixture;
import io.cloudevents.CloudEvent;
import io.cloudevents.jackson.JsonFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Export, import and republish: what goes out comes in as it was. */
class TransferTest {
    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final UserKey ALICE = UserKey.of("alice 🧵");
    private static final UserKey BOB = UserKey.of("bob");

    @TempDir
    Path directory = Path.of("");

    private static TestLog log(int partitions) throws Exception {
        return TestLog.create(KAFKA.bootstrapServers(), "moved-" + UUID.randomUUID(), partitions);
    }

    private static TestLog full() throws Exception {
        TestLog log = log(3);
        List<byte[]> alices = SampleRun.of(ALICE, "t", "one", 5);
        List<byte[]> bobs = SampleRun.of(BOB, "t", "one", 5);
        for (int i = 0; i < alices.size(); i++) {
            log.put(ALICE, alices.get(i));
            log.put(BOB, bobs.get(i));
        }
        log.flush();
        return log;
    }

    private static ToolRun run(Object command, TestLog log, String... more) {
        List<String> all = new ArrayList<>(List.of("--bootstrap", KAFKA.bootstrapServers(), "--topic", log.name()));
        all.addAll(Arrays.asList(more));
        return ToolRun.of(command, all.toArray(String[]::new));
    }

    private static List<String> replayed(TestLog log, UserKey user) {
        ToolRun run = run(new ReplayCommand(), log, "--user", user.value(), "--json");
        assertEquals(0, run.code(), run::toString);
        return run.lines();
    }

    private Path export(TestLog log, String... more) {
        Path file = directory.resolve("events-" + UUID.randomUUID());
        List<String> all = new ArrayList<>(Arrays.asList(more));
        all.addAll(List.of("-o", file.toString()));
        ToolRun run = run(new ExportCommand(), log, all.toArray(String[]::new));
        assertEquals(0, run.code(), run::toString);
        return file;
    }

    @Test
    void whatIsExportedInAnyFormAndImportedReplaysByteForByteAndVerifies() throws Exception {
        try (TestLog log = full()) {
            for (String format : List.of("jsonl", "cloudevents", "avro")) {
                Path all = export(log, "--format", format);
                Path alices = export(log, "--format", format, "--user", ALICE.value());
                try (TestLog empty = log(5);
                        TestLog other = log(2)) {
                    ToolRun imported = run(new ImportCommand(), empty, all.toString());
                    assertEquals(0, imported.code(), imported::toString);
                    assertTrue(imported.err().contains("30 events imported"), imported::toString);
                    assertEquals(replayed(log, ALICE), replayed(empty, ALICE), format);
                    assertEquals(replayed(log, BOB), replayed(empty, BOB), format);
                    assertEquals(0, run(new VerifyCommand(), empty).code());

                    assertEquals(
                            0,
                            run(new ImportCommand(), other, alices.toString()).code());
                    assertEquals(replayed(log, ALICE), replayed(other, ALICE), format);
                    assertEquals(
                            1, run(new ReplayCommand(), other, "--user", "bob").code());
                    ToolRun more = run(new ImportCommand(), other, all.toString());
                    assertEquals(1, more.code());
                    assertTrue(more.err().contains("is not empty"), more::toString);
                }
            }
        }
    }

    @Test
    void otherProgramsReadTheFiles() throws Exception {
        try (TestLog log = full()) {
            List<String> cloud = Files.readAllLines(export(log, "--format", "cloudevents", "--user", "bob"));
            assertEquals(15, cloud.size());
            CloudEvent first = new JsonFormat().deserialize(cloud.get(0).getBytes(UTF_8));
            assertEquals("bob", first.getSubject());
            assertEquals("dev.heddle.agui.RUN_STARTED", first.getType());
            assertEquals(
                    replayed(log, BOB).get(0),
                    Json.text(Json.parseObject(new String(first.getData().toBytes(), UTF_8))));

            Path avro = export(log, "--format", "avro", "--user", "bob");
            int records = 0;
            try (DataFileReader<GenericRecord> in = new DataFileReader<>(avro.toFile(), new GenericDatumReader<>())) {
                for (GenericRecord record : in) {
                    assertEquals("bob", record.get("userKey").toString());
                    records++;
                }
            }
            assertEquals(15, records);
        }
    }

    @Test
    void whatIsBlackedOutIsInNoFile() throws Exception {
        try (TestLog log = full()) {
            for (String format : List.of("jsonl", "cloudevents", "avro")) {
                Path file = export(
                        log, "--format", format, "--redact", "/event/delta", "--redact", "/event/usage/*/inputTokens");
                try (TestLog empty = log(1)) {
                    assertEquals(
                            0, run(new ImportCommand(), empty, file.toString()).code());
                    String all = String.join("\n", replayed(empty, BOB));
                    assertFalse(all.contains("grüß"), all);
                    assertTrue(all.contains("\"delta\":\"[redacted]\""), all);
                    assertTrue(all.contains("\"inputTokens\":0,\"outputTokens\":5"), all);
                    assertEquals(0, run(new VerifyCommand(), empty).code());
                }
            }
        }
    }

    @Test
    void whatIsNoEventIsNamedAndNothingIsAppended() throws Exception {
        try (TestLog log = full();
                TestLog empty = log(1)) {
            List<String> lines = new ArrayList<>(Files.readAllLines(export(log, "--user", "bob")));
            ObjectNode changed = Json.parseObject(lines.get(1));
            ((ObjectNode) changed.get("item")).put("runSeqFrom", 0);
            lines.set(1, Json.text(changed));
            Path file = Files.write(directory.resolve("changed.jsonl"), lines);

            ToolRun run = run(new ImportCommand(), empty, file.toString());

            assertEquals(1, run.code());
            assertTrue(run.err().startsWith("import: line 2 is not an event: a folded ITEM"), run::toString);
            assertEquals(1, run.err().lines().count(), run::toString);
            assertEquals(1, run(new ReplayCommand(), empty, "--user", "bob").code(), "nothing is appended");
            assertEquals(1, run(new ImportCommand(), empty, "none.jsonl").code());
        }
    }

    @Test
    void aCopyWithOtherPartitionsHoldsTheSameAndGoesOnWhenTheLogHas() throws Exception {
        try (TestLog log = full()) {
            String copy = log.name() + "-5";
            ToolRun first = run(new RepublishCommand(), log, "--to-topic", copy, "--partitions", "5");
            assertEquals(0, first.code(), first::toString);
            assertTrue(first.err().contains("republish: 30 records copied"), first::toString);

            for (byte[] event : SampleRun.of(ALICE, "t", "two", 5)) {
                log.put(ALICE, event);
            }
            log.flush();
            ToolRun second = run(new RepublishCommand(), log, "--to-topic", copy);
            assertEquals(0, second.code(), second::toString);
            assertTrue(second.err().contains("republish: 15 records copied"), second::toString);
            assertTrue(second.err().contains("the copy holds the same events"), second::toString);

            assertEquals(replayed(log, ALICE), copied(copy, ALICE));
            assertEquals(replayed(log, BOB), copied(copy, BOB));
            ToolRun verified =
                    ToolRun.of(new VerifyCommand(), "--bootstrap", KAFKA.bootstrapServers(), "--topic", copy);
            assertEquals(0, verified.code(), verified::toString);

            ToolRun wrong = run(new RepublishCommand(), log, "--to-topic", copy, "--partitions", "6");
            assertEquals(1, wrong.code());
            assertTrue(wrong.err().contains("has 5 partitions, not 6"), wrong::toString);
            ToolRun itself = run(new RepublishCommand(), log, "--to-topic", log.name());
            assertEquals(2, itself.code());
        }
    }

    @Test
    void aCopyThatDiffersAndOneThatIsNoCopyAreTold() throws Exception {
        try (TestLog log = full();
                TestLog other = full()) {
            ToolRun foreign = run(new RepublishCommand(), log, "--to-topic", other.name());
            assertEquals(1, foreign.code());
            assertTrue(foreign.err().contains("what was not republished from this log"), foreign::toString);
        }
    }

    private static List<String> copied(String topic, UserKey user) {
        return ToolRun.of(
                        new ReplayCommand(),
                        "--bootstrap",
                        KAFKA.bootstrapServers(),
                        "--topic",
                        topic,
                        "--user",
                        user.value(),
                        "--json")
                .lines();
    }

    /** Killed in its middle, twice, a copying goes on and ends with each user's records as they are in the log. */
    @Test
    void anInterruptedCopyingGoesOnAndEndsEqual() throws Exception {
        List<UserKey> users = new ArrayList<>();
        try (TestLog log = log(3)) {
            for (int user = 0; user < 40; user++) {
                users.add(UserKey.of("user-" + user));
            }
            for (int round = 0; round < 25; round++) {
                for (UserKey user : users) {
                    for (byte[] event : SampleRun.of(user, "t", "run-" + round, 90)) {
                        log.put(user, event);
                    }
                }
            }
            log.flush();
            String copy = log.name() + "-7";
            long there;
            String[] republish = {
                "republish",
                "--bootstrap",
                KAFKA.bootstrapServers(),
                "--topic",
                log.name(),
                "--to-topic",
                copy,
                "--partitions",
                "7"
            };
            try (ToolProcess.Kills kills = new ToolProcess.Kills(KAFKA.bootstrapServers(), copy)) {
                kills.startAndKillAt(5_000, republish);
                kills.startAndKillAt(kills.records() + 10_000, republish);
                there = kills.records();
            }
            assertTrue(there < 100_000, "all was copied before it could be killed");

            ToolRun last = run(new RepublishCommand(), log, "--to-topic", copy, "--partitions", "7");

            assertEquals(0, last.code(), last::toString);
            assertTrue(last.err().contains("republish: " + (100_000 - there) + " records copied"), last::toString);
            assertEquals(replayed(log, users.get(7)), copied(copy, users.get(7)));
            assertEquals(2_500, copied(copy, users.get(7)).size());
        }
    }

    @Test
    void theStoredFormIsKept() {
        // What SampleRun makes must have something that a careless copy would lose.
        String last = new String(
                EventItem.of(ALICE, SampleRun.of(ALICE, "t", "r", 1).get(10)).json(), UTF_8);
        assertTrue(last.contains("\"precise\":1.50"), last);
    }
}
