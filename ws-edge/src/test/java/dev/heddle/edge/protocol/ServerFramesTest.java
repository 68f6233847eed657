package dev.heddle.edge.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.heddle.edge.hub.HubFrame;
import dev.heddle.edge.hub.RunSummary;
import dev.heddle.event.Cursor;
import dev.heddle.event.Generation;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The frames, byte for byte, against the files in {@code golden/frames}. */
class ServerFramesTest {

    private static final Instant END = Instant.parse("2026-01-01T00:00:00Z");

    private static void assertGolden(String name, byte[] frame) throws IOException {
        try (InputStream golden = ServerFramesTest.class.getResourceAsStream("/golden/frames/" + name + ".json")) {
            assertNotNull(golden, name);
            assertEquals(new String(golden.readAllBytes(), UTF_8).strip(), new String(frame, UTF_8), name);
        }
    }

    private static void assertGolden(String name, ServerFrame frame) throws IOException {
        assertGolden(name, ServerFrames.encode(frame));
    }

    private static ServerFrame.Hello hello(ServerFrame.ResumeOutcome outcome) {
        return new ServerFrame.Hello(
                new ServerFrame.Hello.Identity("0198", "älice \"quoted\""),
                new ServerFrame.Hello.Beginning("CURSOR", outcome, 17),
                new ServerFrame.Hello.Terms(25, 65_536, END));
    }

    @Test
    void helloTellsExactlyOneOfThreeOutcomes() throws IOException {
        assertGolden("hello-fresh", hello(new ServerFrame.Fresh()));
        assertGolden("hello-resumed", hello(new ServerFrame.Resumed()));
        assertGolden("hello-reset", hello(new ServerFrame.Reset("retention", new ServerFrame.Lost("FROM", "TO"))));
    }

    @Test
    void controlFrames() throws IOException {
        assertGolden("caughtUp", new ServerFrame.CaughtUp("CURSOR"));
        assertGolden("accepted", new ServerFrame.Accepted("c1", "run-1"));
        assertGolden("rejected-final", new ServerFrame.Rejected("c1", RejectCode.UNKNOWN_AGENT, "no such agent"));
        assertGolden("rejected-retryable", new ServerFrame.Rejected("c1", RejectCode.UNAVAILABLE, "later"));
        assertGolden("token", new ServerFrame.TokenRenewed(END));
        assertGolden("pong", new ServerFrame.Pong());
        assertGolden("goodbye", new ServerFrame.Goodbye("draining", 1234, "CURSOR"));
    }

    @Test
    void agentsFramesAreWholeOrChanges() throws IOException {
        assertGolden(
                "agents-all",
                new ServerFrame.Agents(
                        ServerFrame.Agents.Extent.ALL,
                        List.of(
                                new ServerFrame.AgentLine("echo", "available", "says it again"),
                                new ServerFrame.AgentLine("planner", "busy", null))));
        assertGolden(
                "agents-changed",
                new ServerFrame.Agents(
                        ServerFrame.Agents.Extent.CHANGED,
                        List.of(new ServerFrame.AgentLine("echo", "unavailable", null))));
    }

    @Test
    void eventsFramesAreItemsBetweenHeadAndTail() throws IOException {
        byte[] head = EventsFrame.head("CURSOR");
        assertGolden("events-empty", (new String(head, UTF_8) + new String(EventsFrame.tail(), UTF_8)).getBytes(UTF_8));
    }

    @Test
    void snapshotsTellRunsWithoutWhatTheyDoNotKnow() throws IOException {
        Generation generation = new Generation(new UUID(1, 2), 4);
        Cursor start = Cursor.at(generation, UserKey.of("alice"), new Position(7, 3), 0);
        RunSummary open = new RunSummary("t", "r", null, RunSummary.Status.RUNNING, END, END, 5, 0, start);
        String frame = new String(SnapshotFrame.encode(new HubFrame.Snapshot("CURSOR", true, List.of(open))), UTF_8);
        assertGolden("snapshot", frame.replace(start.encode(), "START").getBytes(UTF_8));
    }

    @Test
    void thePartitionAnswer() throws IOException {
        assertGolden("partition", ServerFrames.partition(17, 64));
    }
}
