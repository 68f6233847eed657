package dev.heddle.edge.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.heddle.edge.hub.EndReason;
import dev.heddle.edge.hub.FrameOutcome;
import dev.heddle.edge.hub.HubFrame;
import dev.heddle.edge.hub.LogRecord;
import dev.heddle.edge.hub.RecordPlace;
import dev.heddle.edge.ops.Metrics;
import dev.heddle.edge.protocol.Disconnect;
import dev.heddle.edge.protocol.GoldenFrames;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.Json;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;
import dev.heddle.role.Readiness;
import dev.heddle.trace.Tracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebSocketSinkTest {

    private static final UserKey ALICE = UserKey.of("alice");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<EndReason> endings = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
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
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final WebSocketSink sink = new WebSocketSink(
            ALICE,
            FrameChannel.takeOver(channel.pipeline().lastContext(), new Deaf()),
            new Services.Operations(
                    new Readiness(List.of()),
                    new Metrics(registry, System::currentTimeMillis),
                    Clock.systemUTC(),
                    Tracing.off()),
            endings::add);

    private static final class Deaf implements FrameChannel.Listener {
        @Override
        public void frameArrived() {}

        @Override
        public void data(WebSocketFrame frame) {}

        @Override
        public void closedByPeer() {}

        @Override
        public void broken(Disconnect cause) {}

        @Override
        public void drained() {}

        @Override
        public void gone() {}
    }

    private static LogRecord record(long offset, String user) {
        UserKey key = UserKey.of(user);
        AgentEvent event = new AgentEvent(
                Envelope.next(key, "t").withEventId("e" + offset),
                Json.object()
                        .put("type", "CUSTOM")
                        .put("timestamp", 1)
                        .put("name", "n")
                        .put("value", "für " + user));
        return new LogRecord(new RecordPlace(offset, 0), 1, key, EventCodec.encode(event));
    }

    private double foreign() {
        return registry.get("heddle.edge.events.foreign").counter().count();
    }

    @Test
    void aFrameIsTheItemsBytesInARow() {
        LogRecord first = record(1, "alice");
        LogRecord second = record(2, "alice");
        sink.write(new HubFrame.Events("CURSOR", List.of(first, second)), outcome);
        TextWebSocketFrame frame = channel.readOutbound();
        assertEquals(
                "{\"type\":\"events\",\"cursor\":\"CURSOR\",\"events\":["
                        + new String(first.item().json(), UTF_8) + ","
                        + new String(second.item().json(), UTF_8) + "]}",
                frame.text());
        assertEquals(List.of("left"), told);
        frame.release();
    }

    @Test
    void aFrameIsAsItIsPromised() throws IOException {
        Envelope ofRun = new Envelope("e1", ALICE, "thread-1", "echo", new RunPlace("run-1", 17, 0));
        AgentEvent started = new AgentEvent(
                ofRun,
                Json.object()
                        .put("type", "RUN_STARTED")
                        .put("timestamp", 1_767_225_600_000L)
                        .put("threadId", "thread-1")
                        .put("runId", "run-1"));
        LogRecord first = new LogRecord(new RecordPlace(1, 0), 1, ALICE, EventCodec.encode(started));
        sink.write(new HubFrame.Events("CURSOR", List.of(first, record(2, "alice"))), outcome);
        TextWebSocketFrame frame = channel.readOutbound();
        GoldenFrames.assertGolden("events", frame.text().getBytes(UTF_8));
        frame.release();
    }

    @Test
    void anEmptyFrameOnlyMovesTheCursor() {
        sink.write(new HubFrame.Events("CURSOR", List.of()), outcome);
        TextWebSocketFrame frame = channel.readOutbound();
        assertEquals("{\"type\":\"events\",\"cursor\":\"CURSOR\",\"events\":[]}", frame.text());
        frame.release();
    }

    @Test
    void nothingOfAFrameIsWrittenInWhichOneEventIsSomeoneElses() {
        sink.write(
                new HubFrame.Events("CURSOR", List.of(record(1, "alice"), record(2, "bob"), record(3, "alice"))),
                outcome);
        assertNull(channel.readOutbound());
        assertEquals(List.of(EndReason.FOREIGN_EVENT), endings);
        assertEquals(List.of("failed"), told);
        assertEquals(1, foreign());
    }

    @Test
    void aFrameThatDiesWithItsConnectionHasNotLeft() {
        channel.close().syncUninterruptibly();
        sink.write(new HubFrame.Events("CURSOR", List.of(record(1, "alice"))), outcome);
        assertEquals(List.of("failed"), told);
    }
}
