package dev.heddle.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.Cursor;
import dev.heddle.event.EventItem;
import dev.heddle.event.Partitioning;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import dev.heddle.event.index.Block;
import dev.heddle.event.index.BlockFilterBuilder;
import dev.heddle.testing.KafkaFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Each way in which a log can break its promises, planted by itself in an otherwise whole one, is found and named. */
class VerifyCommandTest {
    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final int PARTITIONS = 3;
    private static final UserKey ALICE = UserKey.of("alice");
    private static final UserKey BOB = UserKey.of("bob");
    private static final int HOME = Partitioning.partitionOf(ALICE, PARTITIONS);

    @TempDir
    Path directory = Path.of("");

    /** What is done to Alice's second run before it is put. */
    private interface Planting {
        void into(TestLog log, List<byte[]> run) throws Exception;
    }

    private static TestLog log(Planting planting) throws Exception {
        TestLog log = TestLog.create(KAFKA.bootstrapServers(), "verified-" + UUID.randomUUID(), PARTITIONS);
        for (byte[] event : SampleRun.of(ALICE, "t", "first", 3)) {
            log.put(ALICE, event);
        }
        for (byte[] event : SampleRun.of(BOB, "t", "first", 3)) {
            log.put(BOB, event);
        }
        planting.into(log, SampleRun.of(ALICE, "t", "second", 3));
        log.indexAll();
        log.flush();
        return log;
    }

    private static void put(TestLog log, List<byte[]> events) throws Exception {
        for (byte[] event : events) {
            log.put(ALICE, event);
        }
    }

    private static ToolRun verify(TestLog log, String... more) {
        List<String> all = new ArrayList<>(List.of("--bootstrap", KAFKA.bootstrapServers(), "--topic", log.name()));
        all.addAll(Arrays.asList(more));
        return ToolRun.of(new VerifyCommand(), all.toArray(String[]::new));
    }

    /** Exactly these findings, told by how their lines begin. */
    private static void finds(List<String> expected, Planting planting) throws Exception {
        try (TestLog log = log(planting)) {
            ToolRun run = verify(log);
            List<String> lines = run.lines();
            assertEquals(expected.size(), lines.size(), run::toString);
            for (int i = 0; i < expected.size(); i++) {
                assertTrue(lines.get(i).startsWith(expected.get(i)), run::toString);
            }
            assertEquals(expected.isEmpty() ? 0 : 1, run.code(), run::toString);
        }
    }

    @Test
    void aWholeLogHasNothingWrong() throws Exception {
        finds(List.of(), VerifyCommandTest::put);
    }

    @Test
    void aMissingEventIsFound() throws Exception {
        finds(List.of("missing: partition " + HOME), (log, run) -> {
            run.remove(9);
            put(log, run);
        });
    }

    @Test
    void aDoubledEventIsFound() throws Exception {
        finds(List.of("doubled: partition " + HOME), (log, run) -> {
            run.add(10, run.get(9));
            put(log, run);
        });
    }

    @Test
    void anEventOutOfOrderIsFound() throws Exception {
        finds(List.of("out-of-order: partition " + HOME), (log, run) -> {
            byte[] moved = run.remove(9);
            run.add(10, moved);
            put(log, run);
        });
    }

    @Test
    void anEventUnderAnothersKeyIsFound() throws Exception {
        finds(List.of("foreign-key: partition " + Partitioning.partitionOf(BOB, PARTITIONS)), (log, run) -> {
            put(log, run);
            log.put(
                    BOB,
                    SampleRun.event(ALICE, "t", "second", 13, "{\"type\":\"CUSTOM\",\"name\":\"x\",\"value\":1}", 1));
        });
    }

    @Test
    void aRecordThatCannotBeReadIsFound() throws Exception {
        finds(List.of("undecodable: partition " + HOME), (log, run) -> {
            put(log, run);
            byte[] cut = Arrays.copyOf(run.get(8), run.get(8).length - 3);
            log.put(ALICE, cut);
        });
    }

    @Test
    void anEventAfterTheEndIsFound() throws Exception {
        finds(List.of("after-end: partition " + HOME), (log, run) -> {
            put(log, run);
            log.put(
                    ALICE,
                    SampleRun.event(ALICE, "t", "second", 13, "{\"type\":\"CUSTOM\",\"name\":\"x\",\"value\":1}", 1));
        });
    }

    @Test
    void anIndexRecordThatHidesAUserIsFound() throws Exception {
        try (TestLog log = log(VerifyCommandTest::put)) {
            BlockFilterBuilder lying = new BlockFilterBuilder(Block.of(log.generation(), HOME, 0), 0);
            lying.add(0, BOB);
            log.publish(lying.build());
            log.flush();

            ToolRun run = verify(log, "--user", "alice");

            assertEquals(1, run.code(), run::toString);
            assertEquals(
                    26,
                    run.lines().stream()
                            .filter(line -> line.startsWith("hidden: partition " + HOME))
                            .count());
            assertEquals(26, run.lines().size(), run::toString);
        }
    }

    @Test
    void aRecordInTheWrongPartitionIsFound() throws Exception {
        int wrong = (HOME + 1) % PARTITIONS;
        String misplaced = "misplaced: partition " + wrong;
        String missing = "missing: partition " + HOME;
        finds(wrong < HOME ? List.of(misplaced, missing) : List.of(missing, misplaced), (log, run) -> {
            log.put(wrong, ALICE, run.remove(9));
            put(log, run);
        });
    }

    @Test
    void aRunThatAgUiForbidsAndARunWithoutAnEndAreFound() throws Exception {
        finds(List.of("illegal: partition " + HOME), (log, run) -> {
            put(log, run.subList(0, 7));
            log.put(
                    ALICE,
                    SampleRun.event(ALICE, "t", "second", 7, "{\"type\":\"TEXT_MESSAGE_END\",\"messageId\":\"m\"}", 1));
            log.put(
                    ALICE,
                    SampleRun.event(ALICE, "t", "second", 8, "{\"type\":\"RUN_ERROR\",\"message\":\"sorry\"}", 1));
        });
        try (TestLog log = log((made, run) -> put(made, run.subList(0, 7)))) {
            assertEquals(0, verify(log).code());
            ToolRun late = verify(log, "--unended-after", "-1", "--json");
            assertEquals(1, late.code(), late::toString);
            assertTrue(
                    late.lines().get(0).startsWith("{\"finding\":\"unended\",\"partition\":" + HOME), late::toString);
            assertTrue(late.lines().get(1).contains("\"open\":1"), late::toString);
        }
    }

    @Test
    void aRangeThatBeginsWithinARunDoesNotMissItsBeginning() throws Exception {
        try (TestLog log = log(VerifyCommandTest::put)) {
            ToolRun run = verify(log, "--from", "offset:5");
            assertEquals(0, run.code(), run::toString);
            assertEquals(2, verify(log, "--from", "last:5").code());
            assertEquals(2, verify(log, "--thread", "t").code());
            assertEquals(2, verify(log, "--transcript", "frames.jsonl").code());
        }
    }

    /**
     * Retention has taken the beginning of one run; another one lacks its own, though the log was there when it began.
     */
    @Test
    void aMissingBeginningIsFoundAlsoWhereRetentionHasCut() throws Exception {
        try (TestLog log = TestLog.create(KAFKA.bootstrapServers(), "beheaded-" + UUID.randomUUID(), PARTITIONS);
                Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", KAFKA.bootstrapServers()))) {
            List<byte[]> old = SampleRun.of(ALICE, "t", "old", 5);
            put(log, old);
            log.flush();
            int partition = Partitioning.partitionOf(ALICE, log.generation().partitions());
            admin.deleteRecords(Map.of(new TopicPartition(log.name(), partition), RecordsToDelete.beforeOffset(3)))
                    .all()
                    .get();
            long now = System.currentTimeMillis();
            await("another time of appending")
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> System.currentTimeMillis() > now + 5);
            put(log, SampleRun.of(ALICE, "t", "new", 5).subList(2, 15));
            log.flush();

            ToolRun patient = verify(log);
            assertEquals(0, patient.code(), patient::toString);
            assertTrue(patient.err().contains("2 without their beginning"), patient::toString);

            ToolRun strict = verify(log, "--longest-silence", "0");
            assertEquals(1, strict.code(), strict::toString);
            assertTrue(strict.out().contains("run new: #0 to #1 are missing before #2"), strict::toString);
            assertFalse(strict.out().contains("run old"), strict::toString);
            assertTrue(strict.err().contains("1 without their beginning"), strict::toString);
        }
    }

    @Test
    void aTranscriptIsComparedByteForByte() throws Exception {
        List<byte[]> second = SampleRun.of(ALICE, "t", "second", 3);
        try (TestLog log = log((made, run) -> put(made, second))) {
            List<String> items = second.stream().map(VerifyCommandTest::item).toList();
            String hello =
                    "{\"type\":\"hello\",\"resume\":\"fresh\",\"cursor\":\"" + cursor(log, log.end(HOME) - 13) + "\"}";

            assertEquals(0, compare(log, frames(hello, items)).code());
            assertEquals(0, compare(log, String.join("\n", items)).code());
            assertEquals(0, compare(log, frames(hello, folded(second))).code());

            recorded(log, "missing: ", frames(hello, without(items, 0)));
            recorded(log, "missing: ", frames(hello, without(items, 6)));
            recorded(log, "doubled: ", frames(hello, with(items, 6, items.get(5))));
            List<String> turned = new ArrayList<>(items);
            turned.set(8, items.get(9));
            turned.set(9, items.get(8));
            recorded(log, "missing: ", frames(hello, turned));
            List<String> changed = new ArrayList<>(items);
            changed.set(9, items.get(9).replace("grüß", "gruss"));
            recorded(log, "different: ", frames(hello, changed));
            recorded(
                    log,
                    "unknown: ",
                    frames(hello, with(items, 6, items.get(6).replaceFirst("eventId\":\".", "eventId\":\"?"))));
            recorded(
                    log,
                    "missing: ",
                    frames(hello, items.subList(0, 5)) + "\n"
                            + frames(hello.replace("fresh", "resumed"), items.subList(6, 13)));
        }
    }

    private void recorded(TestLog log, String finding, String text) throws Exception {
        ToolRun run = compare(log, text);
        assertEquals(1, run.code(), run::toString);
        assertTrue(run.lines().get(0).startsWith(finding), run::toString);
    }

    private ToolRun compare(TestLog log, String text) throws Exception {
        Path file = Files.writeString(directory.resolve("frames.jsonl"), text);
        return verify(log, "--user", "alice", "--transcript", file.toString());
    }

    private static String item(byte[] stored) {
        return new String(EventItem.of(ALICE, stored).json(), UTF_8);
    }

    private static String cursor(TestLog log, long offset) {
        return Cursor.at(log.generation(), ALICE, new Position(offset, 0), 0).encode();
    }

    private static String frames(String hello, List<String> items) {
        int half = items.size() / 2;
        return hello + "\n{\"type\":\"caughtUp\",\"cursor\":\"x\"}\n" + frame(items.subList(0, half)) + "\n"
                + frame(items.subList(half, items.size()));
    }

    private static String frame(List<String> items) {
        return "{\"type\":\"events\",\"cursor\":\"x\",\"events\":[" + String.join(" , ", items) + "]}";
    }

    private static List<String> folded(List<byte[]> run) {
        List<EventItem> items =
                run.stream().map(each -> EventItem.of(ALICE, each)).toList();
        List<String> folded = new ArrayList<>();
        items.subList(0, 8).forEach(each -> folded.add(new String(each.json(), UTF_8)));
        folded.add(new String(EventItem.joined(items.subList(8, 11)).json(), UTF_8));
        items.subList(11, 13).forEach(each -> folded.add(new String(each.json(), UTF_8)));
        return folded;
    }

    private static List<String> without(List<String> items, int at) {
        List<String> changed = new ArrayList<>(items);
        changed.remove(at);
        return changed;
    }

    private static List<String> with(List<String> items, int at, String more) {
        List<String> changed = new ArrayList<>(items);
        changed.add(at, more);
        return changed;
    }
}
