package dev.heddle.edge.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.edge.hub.HubFrame;
import dev.heddle.edge.hub.RunSummary;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Cursor;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.EventItem;
import dev.heddle.event.Generation;
import dev.heddle.event.Json;
import dev.heddle.event.Position;
import dev.heddle.event.RunPlace;
import dev.heddle.event.RunStatus;
import dev.heddle.event.UserKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The frames, byte for byte, against the files in {@code golden/frames}. */
class ServerFramesTest {

    private static final Instant END = Instant.parse("2026-01-01T00:00:00Z");
    private static final UserKey ALICE = UserKey.of("alice");
    private static final Cursor START = Cursor.at(new Generation(new UUID(1, 2), 4), ALICE, new Position(7, 3), 0);

    private static void assertGolden(String name, ServerFrame frame) throws IOException {
        GoldenFrames.assertGolden(name, ServerFrames.encode(frame));
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
        GoldenFrames.assertGolden(
                "events-empty", (new String(head, UTF_8) + new String(EventsFrame.tail(), UTF_8)).getBytes(UTF_8));
    }

    @Test
    void aFoldedItemSaysWhichNumbersItStandsFor() throws IOException {
        EventItem folded = EventItem.joined(List.of(text(12, "Grü"), text(13, "ße 🧵")));
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(EventsFrame.head("CURSOR"));
        frame.writeBytes(folded.json());
        frame.writeBytes(EventsFrame.tail());
        GoldenFrames.assertGolden("events-folded", frame.toByteArray());
    }

    private static EventItem text(long runSeq, String delta) {
        Envelope envelope = new Envelope("e" + runSeq, ALICE, "t", "echo", new RunPlace("r", runSeq, 0));
        ObjectNode event = Json.object()
                .put("type", "TEXT_MESSAGE_CONTENT")
                .put("timestamp", 1_767_225_600_000L + runSeq)
                .put("messageId", "m")
                .put("delta", delta);
        return EventItem.of(ALICE, EventCodec.encode(new AgentEvent(envelope, event)));
    }

    @Test
    void statusTellsHowKafkaIs() throws IOException {
        assertGolden("status-degraded", new ServerFrame.Status(Upstream.DEGRADED));
        assertGolden("status-ok", new ServerFrame.Status(Upstream.OK));
    }

    @Test
    void snapshotsTellRunsWithoutWhatTheyDoNotKnow() throws IOException {
        RunSummary open = new RunSummary("t", "r", null, RunStatus.RUNNING, END, END, 5, 0, START);
        assertSnapshot("snapshot", new HubFrame.Snapshot("CURSOR", true, List.of(open)));
        assertSnapshot("snapshot-empty", new HubFrame.Snapshot("CURSOR", true, List.of()));
    }

    @Test
    void snapshotsHaveAWordForEveryEnd() throws IOException {
        List<RunSummary> runs = new ArrayList<>();
        for (RunStatus status : RunStatus.values()) {
            Instant begun = END.plusSeconds(runs.size());
            runs.add(new RunSummary(
                    "älice's", "r" + runs.size(), "echo", status, begun, begun.plusMillis(1234), 5, 1, START));
        }
        assertSnapshot("snapshot-incomplete", new HubFrame.Snapshot("CURSOR", false, runs));
    }

    /** Where a run starts is told by a cursor, which is not this test's subject. */
    private static void assertSnapshot(String name, HubFrame.Snapshot snapshot) throws IOException {
        String frame = new String(SnapshotFrame.encode(snapshot), UTF_8);
        GoldenFrames.assertGolden(name, frame.replace(START.encode(), "START").getBytes(UTF_8));
    }

    @Test
    void thePartitionAnswer() throws IOException {
        GoldenFrames.assertGolden("partition", ServerFrames.partition(17, 64));
    }
}
