package dev.heddle.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandTest {
    private static final CommandHeader HEADER =
            new CommandHeader("c1", Samples.ALICE, "t1", "r1", Instant.parse("2026-01-01T00:00:00.123456789Z"));

    @Test
    void commandsComeBackAsTheyWere() {
        List<AgentCommand> commands = List.of(
                new RunStart(HEADER, "echo", Samples.event("{\"messages\":[],\"state\":{\"n\":1.0,\"x\":null}}")),
                new RunResume(HEADER, Json.parseArray("[{\"interruptId\":\"i\",\"status\":\"resolved\"}]")),
                new RunCancel(HEADER));
        for (AgentCommand command : commands) {
            assertEquals(command, CommandCodec.decode(Samples.ALICE, CommandCodec.encode(command)));
        }
        assertEquals(
                List.of("run.start", "run.resume", "run.cancel"),
                commands.stream().map(CommandCodec::typeOf).toList());
        assertEquals(Instant.parse("2026-01-01T00:00:00.123Z"), HEADER.issuedAt());
    }

    @Test
    void anUnknownTypeIsNamed() {
        AvroWriter out = CommandCodec.SCHEMAS.begin(64);
        for (String text : List.of("c1", "alice", "run.pause", "t1", "r1")) {
            out.text(text);
        }
        out.number(0);
        out.absent();
        out.absent();
        out.absent();
        assertEquals(
                "unknown command type run.pause",
                assertThrows(InvalidEventException.class, () -> CommandCodec.decode(Samples.ALICE, out.toArray()))
                        .getMessage());
    }

    @Test
    void idsAreBounded() {
        for (String id : List.of("", "x".repeat(129), "\ud83d")) {
            assertThrows(
                    InvalidEventException.class, () -> new CommandHeader(id, Samples.ALICE, "t", "r", Instant.EPOCH));
        }
        assertThrows(
                InvalidEventException.class,
                () -> new CommandHeader("c", Samples.ALICE, "é".repeat(129), "r", Instant.EPOCH));
        assertThrows(InvalidEventException.class, () -> new RunPlace("r", -1, 0));
        assertThrows(InvalidEventException.class, () -> new RunPlace("r", 0, -1));
        assertThrows(InvalidEventException.class, () -> Envelope.next(Samples.ALICE, ""));
    }

    @Test
    void anExecutorsStatusComesBackAsItWas() {
        ExecutorStatus status = new ExecutorStatus(
                "x1",
                Instant.ofEpochMilli(1000),
                Duration.ofSeconds(10),
                List.of(
                        new AgentOffer("echo", Availability.AVAILABLE, "says it again", 0),
                        new AgentOffer("planner", Availability.UNAVAILABLE, null, 3)));
        assertEquals(status, ExecutorStatusCodec.decode(ExecutorStatusCodec.encode(status)));
        ExecutorStatus idle = new ExecutorStatus("x2", Instant.EPOCH, Duration.ofSeconds(1), List.of());
        assertEquals(idle, ExecutorStatusCodec.decode(ExecutorStatusCodec.encode(idle)));
    }

    @Test
    void anExecutorIsGoneAfterThreeMissedAnnouncements() {
        ExecutorStatus status = new ExecutorStatus("x1", Instant.EPOCH, Duration.ofSeconds(10), List.of());
        assertFalse(status.isGone(Instant.ofEpochSecond(30)));
        assertTrue(status.isGone(Instant.ofEpochMilli(30_001)));
    }

    @Test
    void anEventIsStampedOnlyIfItHasNoTime() {
        Envelope envelope = Envelope.next(Samples.ALICE, "t");
        assertEquals(
                5,
                AgentEvent.stamped(envelope, Samples.event("{\"type\":\"X\"}"), 5)
                        .timestamp());
        assertEquals(
                7,
                AgentEvent.stamped(envelope, Samples.event("{\"type\":\"X\",\"timestamp\":7}"), 5)
                        .timestamp());
    }
}
