package dev.heddle.edge.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.heddle.edge.hub.EndReason;
import dev.heddle.edge.hub.FrameOutcome;
import dev.heddle.edge.hub.HubFrame;
import dev.heddle.edge.hub.LogRecord;
import dev.heddle.edge.hub.RecordPlace;
import dev.heddle.edge.ops.Metrics;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Cursor;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.Generation;
import dev.heddle.event.Json;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import dev.heddle.role.Readiness;
import dev.heddle.trace.Tracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ResponseSinkTest {

    private static final UserKey ALICE = UserKey.of("alice");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<String> told = new ArrayList<>();
    private final List<DeliveredEvent> taken = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final ResponseChannel response = new ResponseChannel(channel, true, () -> told.add("gone"));
    private final ResponseSink sink = new ResponseSink(
            ALICE,
            Cursor.at(new Generation(new UUID(1, 2), 4), ALICE, new Position(0, 0), 0),
            new Body(),
            response,
            new Services.Operations(
                    new Readiness(List.of()),
                    new Metrics(registry, System::currentTimeMillis),
                    Clock.systemUTC(),
                    Tracing.off()),
            new ResponseSink.Owner() {
                @Override
                public void complete() {
                    told.add("complete");
                }

                @Override
                public void ended(EndReason reason) {
                    told.add(reason.name());
                }
            });
    private final FrameOutcome outcome = new FrameOutcome() {
        @Override
        public void onFrameWritten() {
            told.add("left");
        }

        @Override
        public void onFrameFailed() {
            told.add("failed");
        }
    };

    /** It tells each second event, and is complete with the third. */
    private final class Body implements AnswerBody {
        @Override
        public void take(DeliveredEvent event, Consumer<byte[]> out) {
            taken.add(event);
            if (taken.size() != 1) {
                out.accept(("event " + taken.size()).getBytes(UTF_8));
            }
        }

        @Override
        public void caughtUp(Consumer<byte[]> out) {}

        @Override
        public byte[] idle() {
            return "idle".getBytes(UTF_8);
        }

        @Override
        public boolean isComplete() {
            return taken.size() >= 3;
        }
    }

    private static LogRecord record(long offset, String user) {
        UserKey key = UserKey.of(user);
        AgentEvent event = new AgentEvent(
                Envelope.next(key, "t"),
                Json.object()
                        .put("type", "CUSTOM")
                        .put("timestamp", 1)
                        .put("name", "n")
                        .put("value", "of " + user));
        return new LogRecord(new RecordPlace(offset, 7), 1, key, EventCodec.encode(event));
    }

    private String written() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            all.append(bytes.toString(UTF_8));
            bytes.release();
        }
        return all.toString();
    }

    @Test
    void nothingOfAFrameIsWrittenOrTakenInWhichOneEventIsSomeoneElses() {
        sink.write(
                new HubFrame.Events("C", List.of(record(1, "alice"), record(2, "bob"), record(3, "alice"))), outcome);
        assertNull(channel.readOutbound());
        assertEquals(List.of(), taken);
        assertEquals(List.of("failed", "FOREIGN_EVENT"), told);
        assertEquals(1, registry.get("heddle.edge.events.foreign").counter().count());
    }

    @Test
    void aFrameIsOneChunkAndWhatComesAfterTheLastEventIsNotTaken() {
        sink.write(new HubFrame.Events("C", List.of(record(1, "alice"))), outcome);
        assertEquals("", written());
        assertEquals(List.of("left"), told, "nothing to write has been written");
        sink.write(
                new HubFrame.Events("C", List.of(record(2, "alice"), record(3, "alice"), record(4, "alice"))), outcome);
        assertEquals("e\r\nevent 2event 3\r\n", written());
        assertEquals(List.of("left", "left", "complete"), told);
        assertEquals(3, taken.size());
        assertEquals(new Position(4, 7), taken.get(2).cursor().position());
        response.finish();
        assertEquals("0\r\n\r\n", written());
    }

    @Test
    void aClientThatSendsOnIsCutAndAFrameThatDiesWithItHasNotLeft() {
        channel.writeInbound(OutboundBuffers.exactly(70_000).writeZero(70_000));
        assertFalse(channel.isActive());
        sink.write(new HubFrame.Events("C", List.of(record(1, "alice"), record(2, "alice"))), outcome);
        assertEquals(List.of("gone", "failed"), told);
    }

    @Test
    void anIdleResponseIsKeptAlive() {
        response.writeIfIdle("idle".getBytes(UTF_8));
        assertEquals("4\r\nidle\r\n", written());
        response.writeIfIdle(new byte[0]);
        assertEquals("", written());
    }
}
