package dev.heddle.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.UserKey;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TailCommandTest {
    private static final UserKey ALICE = UserKey.of("alice");
    private static final UserKey BOB = UserKey.of("bob");

    private static SmallLog small;

    @BeforeAll
    static void start() {
        small = SmallLog.start();
    }

    @AfterAll
    static void stop() {
        small.close();
    }

    private static TailProcess tail(String... more) {
        List<String> all = new ArrayList<>(List.of("--bootstrap", small.bootstrapServers(), "--json"));
        all.addAll(List.of(more));
        TailProcess tail = TailProcess.start(all.toArray(String[]::new));
        assertEquals("tail: following 1 partitions", tail.talk());
        return tail;
    }

    @Test
    void printsAUsersEventsAsTheyComeAndEndsCleanlyOnSigterm() throws Exception {
        byte[] before = SmallLog.event(ALICE, "t0", 0);
        byte[] first = SmallLog.event(ALICE, "t1", 0);
        byte[] second = SmallLog.event(ALICE, "t2", 1);
        small.append(List.of(SmallLog.record(ALICE, before)));
        try (TailProcess tail = tail("--user", "alice")) {
            small.append(List.of(
                    SmallLog.record(ALICE, first),
                    SmallLog.record(BOB, SmallLog.event(BOB, "t1", 0)),
                    SmallLog.record(ALICE, new byte[] {1, 2, 3}),
                    SmallLog.record(ALICE, second)));
            assertEquals(SmallLog.json(ALICE, first), tail.line());
            assertEquals(SmallLog.json(ALICE, second), tail.line());

            assertEquals(1, tail.terminate(), "one could not be read");
            assertEquals(TailProcess.END, tail.line());
            assertEquals("tail: stopped after 2 events", tail.talk());
            String complaint = tail.talk();
            assertTrue(complaint.startsWith("tail: 1 records could not be read; the first: "), complaint);
        }
    }

    @Test
    void withoutAUserEverybodysEventsCome() throws Exception {
        byte[] alices = SmallLog.event(ALICE, "t1", 0);
        byte[] bobs = SmallLog.event(BOB, "t1", 0);
        try (TailProcess tail = tail()) {
            small.append(List.of(SmallLog.record(ALICE, alices), SmallLog.record(BOB, bobs)));
            assertEquals(SmallLog.json(ALICE, alices), tail.line());
            assertEquals(SmallLog.json(BOB, bobs), tail.line());
            assertEquals(0, tail.terminate());
        }
    }

    @Test
    void aClosedPipeEndsIt() throws Exception {
        try (TailProcess tail = tail()) {
            tail.closePipe();
            small.append(List.of(SmallLog.record(BOB, SmallLog.event(BOB, "t1", 0))));
            assertEquals(0, tail.end());
        }
    }

    @Test
    void anUnreachableBrokerIsOneLineAndOne(@TempDir Path directory) {
        StringWriter err = new StringWriter();
        int code = new CommandLine(new TailCommand())
                .setErr(new PrintWriter(err, true))
                .execute(
                        "--bootstrap",
                        "127.0.0.1:9",
                        "--user",
                        "alice",
                        "--kafka-properties",
                        SmallLog.impatient(directory));
        assertEquals(1, code);
        assertEquals(1, err.toString().lines().count(), err::toString);
        assertTrue(err.toString().startsWith("tail: "), err::toString);
    }
}
