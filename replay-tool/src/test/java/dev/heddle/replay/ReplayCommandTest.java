package dev.heddle.replay;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.Cursor;
import dev.heddle.event.Generation;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import dev.heddle.testing.BatchDamage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReplayCommandTest {
    private static final UserKey ALICE = UserKey.of("alice");
    private static final UserKey BOB = UserKey.of("bob");
    private static final Duration SOON = Duration.ofSeconds(20);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final StringWriter err = new StringWriter();
    private final PrintStream standardOut = System.out;
    private SmallLog small;

    @BeforeEach
    void start() {
        small = SmallLog.start();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        System.setOut(standardOut);
        small.close();
    }

    private int replay(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--bootstrap", small.bootstrapServers()));
        all.addAll(List.of(arguments));
        CommandLine line = new CommandLine(new ReplayCommand());
        line.setErr(new PrintWriter(err, true));
        return line.execute(all.toArray(String[]::new));
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void printsExactlyTheUsersItemsAlsoPastMarkersOfTransactions() throws Exception {
        byte[] first = SmallLog.event(ALICE, "t1", 0);
        byte[] second = SmallLog.event(ALICE, "t2", 1);
        small.append(List.of(
                SmallLog.record(ALICE, first),
                SmallLog.record(BOB, SmallLog.event(BOB, "t1", 0)),
                SmallLog.record(ALICE, second)));

        assertEquals(0, replay("--user", "alice", "--json"));
        assertEquals(List.of(SmallLog.json(ALICE, first), SmallLog.json(ALICE, second)), lines());
        assertEquals("", err.toString());

        out.reset();
        assertEquals(0, replay("--user", "alice", "--json", "--from", "last:1"));
        assertEquals(List.of(SmallLog.json(ALICE, second)), lines());

        out.reset();
        assertEquals(0, replay("--user", "alice", "--json", "--thread", "t1"));
        assertEquals(List.of(SmallLog.json(ALICE, first)), lines());

        out.reset();
        assertEquals(0, replay("--user", "alice", "--json", "--cursor", cursor(ALICE, small.generation(), 1)));
        assertEquals(List.of(SmallLog.json(ALICE, second)), lines());

        out.reset();
        assertEquals(0, replay("--user", "alice", "--from", "latest"));
        assertEquals(0, replay("--user", "alice", "--from", "2100-01-01T00:00:00Z"));
        assertEquals(List.of(), lines());

        assertEquals(0, replay("--user", "alice", "--from", "2020-01-01T00:00:00Z"));
        assertEquals(2, lines().size());
        assertTrue(lines().get(0).contains(" user=alice thread=t1 run=r#0 TEXT_MESSAGE_CONTENT {"), lines()::toString);
    }

    /** The edge's {@code from} takes the same. */
    @Test
    void anInstantOfAnyYearIsAPlaceInTheLog() throws Exception {
        small.append(List.of(
                SmallLog.record(ALICE, SmallLog.event(ALICE, "t1", 0)),
                SmallLog.record(ALICE, SmallLog.event(ALICE, "t1", 1))));
        for (String before : List.of(
                "0001-01-01T00:00:00Z",
                "-1000000000-01-01T00:00:00Z",
                "1969-12-31T23:59:59.999Z",
                "1970-01-01T00:00:00Z",
                "2016-12-31T23:59:60Z",
                "2020-01-01T02:00:00+02:00")) {
            assertEquals(2, printed("--from", before), before);
            assertEquals(0, printed("--to", before), before);
        }
        for (String after : List.of(
                "+292278994-08-17T07:12:55.807Z", "+1000000000-12-31T23:59:59Z", "+99999999999-01-01T00:00:00Z")) {
            assertEquals(0, printed("--from", after), after);
            assertEquals(2, printed("--to", after), after);
        }
        assertEquals("", err.toString());
    }

    private int printed(String option, String place) {
        out.reset();
        assertEquals(0, replay("--user", "alice", option, place), err::toString);
        return lines().size();
    }

    @Test
    void theLastOnesMayBeMoreThanThereAre() throws Exception {
        small.append(List.of(SmallLog.record(ALICE, SmallLog.event(ALICE, "t1", 0))));

        for (String count : List.of("1", "999999")) {
            out.reset();
            assertEquals(0, replay("--user", "alice", "--from", "last:" + count), err::toString);
            assertEquals(1, lines().size(), count);
        }
    }

    @Test
    void recordsThatCannotBeReadAreReportedAndTheRestGoesOn() throws Exception {
        byte[] good = SmallLog.event(ALICE, "t1", 0);
        small.append(List.of(
                SmallLog.record(ALICE, new byte[] {1, 2, 3}),
                SmallLog.record(ALICE, good),
                SmallLog.record(ALICE, SmallLog.event(BOB, "t1", 0))));

        assertEquals(1, replay("--user", "alice", "--json"), "not all that is kept was printed");

        assertEquals(List.of(SmallLog.json(ALICE, good)), lines());
        assertTrue(
                err.toString().startsWith("replay: 2 records could not be read; the first: partition 0 offset 0: "),
                err::toString);
    }

    @Test
    void aDamagedBatchIsSkippedAndNamedByEveryToolThatReadsTheLog() throws Exception {
        for (int i = 0; i < 4; i++) {
            small.append(List.of(SmallLog.record(ALICE, SmallLog.event(ALICE, "t1", i)))); // and a marker behind it
        }
        small.cluster().damage(Topics.AGENT_EVENTS, 0, 2, BatchDamage.PAYLOAD);
        String[] alice = {"--bootstrap", small.bootstrapServers(), "--user", "alice", "--json"};

        ToolRun replayed = ToolRun.of(new ReplayCommand(), alice);
        assertEquals(1, replayed.code());
        assertEquals(3, replayed.lines().size());
        assertTrue(replayed.err().contains("partition 0 offsets 2 to 2 cannot be read: "), replayed::err);
        assertEquals(
                1,
                replayed.err()
                        .lines()
                        .filter(line -> line.startsWith("replay: "))
                        .count(),
                replayed::err);

        ToolRun verified = ToolRun.of(new VerifyCommand(), "--bootstrap", small.bootstrapServers());
        assertEquals(1, verified.code());
        assertTrue(verified.out().contains("unreadable: partition 0 offset 2: offsets 2 to 2"), verified::out);

        ToolRun inspected = ToolRun.of(new InspectCommand(), "--bootstrap", small.bootstrapServers());
        assertTrue(inspected.out().contains("damaged: partition 0 offsets 2 to 2: "), inspected::out);

        for (Object command : List.of(new RunsCommand(), new InspectCommand())) {
            ToolRun run = ToolRun.of(command, alice);
            assertEquals(1, run.code(), run::err);
            assertEquals(1, run.lines().size(), run::out);
            assertTrue(run.err().contains("offsets 2 to 2 cannot be read"), run::err);
        }
    }

    @Test
    void whatCannotBeDoneIsOneLineAndOne() throws Exception {
        small.append(List.of(SmallLog.record(ALICE, SmallLog.event(ALICE, "t1", 0))));
        Generation other = new Generation(UUID.randomUUID(), 1);

        wronglyUsed("the cursor is malformed: ", "--user", "alice", "--cursor", "not-a-cursor");
        refused("the cursor is another user's", "--user", "bob", "--cursor", cursor(ALICE, small.generation(), 0));
        refused("the cursor is of another generation", "--user", "alice", "--cursor", cursor(ALICE, other, 0));
        refused(
                "the cursor's position 99 is not kept",
                "--user",
                "alice",
                "--cursor",
                cursor(ALICE, small.generation(), 99));
        wronglyUsed("--from 'yesterday' is not ", "--user", "alice", "--from", "yesterday");
        wronglyUsed("--speed 'fast' is not ", "--user", "alice", "--speed", "fast");
        wronglyUsed("--redact 'delta' is not a JSON pointer", "--user", "alice", "--redact", "delta");
        wronglyUsed("--user: user key is empty", "--user", "");
        refused("the log holds no event of user nobody (partition 0, offsets 0 to 2)", "--user", "nobody");
        refused("topic other is missing", "--user", "alice", "--topic", "other");
        assertEquals(2, replay());
        assertEquals(List.of(), lines());
    }

    @Test
    void aMissingTopicAndAnUnreachableBrokerAreTold(@TempDir Path directory) throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", small.bootstrapServers()))) {
            admin.deleteTopics(List.of(Topics.AGENT_EVENTS)).all().get();
        }
        await("the topic's end").atMost(SOON).until(() -> replay("--user", "alice") == 1);
        assertTrue(err.toString().contains("topic agent-events is missing"), err::toString);

        small.stopBroker();
        err.getBuffer().setLength(0);
        assertEquals(1, replay("--user", "alice", "--kafka-properties", SmallLog.impatient(directory)));
        assertTrue(err.toString().endsWith("does not answer\n"), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
    }

    private void refused(String reason, String... arguments) {
        told(1, reason, arguments);
    }

    private void wronglyUsed(String reason, String... arguments) {
        told(2, reason, arguments);
    }

    private void told(int code, String reason, String... arguments) {
        err.getBuffer().setLength(0);
        assertEquals(code, replay(arguments), err::toString);
        assertTrue(err.toString().startsWith("replay: " + reason), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
    }

    private static String cursor(UserKey user, Generation of, long offset) {
        return Cursor.at(of, user, new Position(offset, 0), 0).encode();
    }
}
