package dev.heddle.edge.socket;

import dev.heddle.edge.hub.EndReason;
import dev.heddle.edge.hub.FrameOutcome;
import dev.heddle.edge.hub.HubFrame;
import dev.heddle.edge.hub.LogRecord;
import dev.heddle.edge.hub.SessionSink;
import dev.heddle.edge.ops.Metrics;
import dev.heddle.edge.protocol.EventsFrame;
import dev.heddle.edge.protocol.ServerFrame;
import dev.heddle.edge.protocol.ServerFrames;
import dev.heddle.edge.protocol.SnapshotFrame;
import dev.heddle.event.UserKey;
import dev.heddle.trace.Tracing;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.Consumer;

/**
 * The one class that writes events to a socket. It compares the key of each record with the user of this socket, and
 * writes nothing of a frame in which one differs: the last check of the promise that no event reaches another user.
 *
 * <p>Owned by the connection's event loop; one frame is in flight at most.
 */
final class WebSocketSink implements SessionSink {

    private final UserKey user;
    private final FrameChannel channel;
    private final Metrics metrics;
    private final Tracing tracing;
    private final Consumer<EndReason> closer;

    /**
     * @param user the authenticated user of the socket, never changed
     * @param operations metrics and traces
     * @param closer ends the connection
     */
    WebSocketSink(UserKey user, FrameChannel channel, Services.Operations operations, Consumer<EndReason> closer) {
        this.user = user;
        this.channel = channel;
        this.metrics = operations.metrics();
        this.tracing = operations.tracing();
        this.closer = closer;
    }

    @Override
    public void write(HubFrame frame, FrameOutcome outcome) {
        if (frame instanceof HubFrame.Events events) {
            write(events, outcome);
        } else if (frame instanceof HubFrame.CaughtUp caughtUp) {
            write(ServerFrames.encode(new ServerFrame.CaughtUp(caughtUp.cursor())), outcome);
        } else if (frame instanceof HubFrame.Snapshot snapshot) {
            write(SnapshotFrame.encode(snapshot), outcome);
        }
    }

    private void write(byte[] frame, FrameOutcome outcome) {
        channel.text(channel.allocate(frame.length).writeBytes(frame), outcome);
    }

    private void write(HubFrame.Events events, FrameOutcome outcome) {
        List<LogRecord> records = events.records();
        byte[] head = EventsFrame.head(events.cursor());
        int size = head.length + EventsFrame.tail().length + Math.max(0, records.size() - 1);
        for (int i = 0; i < records.size(); i++) {
            LogRecord record = records.get(i);
            if (!record.user().equals(user)) {
                metrics.foreignEvent();
                outcome.onFrameFailed();
                closer.accept(EndReason.FOREIGN_EVENT);
                return;
            }
            size += record.item().json().length;
        }
        ByteBuf frame = channel.allocate(size).writeBytes(head);
        for (int i = 0; i < records.size(); i++) {
            if (i > 0) {
                frame.writeByte(',');
            }
            frame.writeBytes(records.get(i).item().json());
        }
        frame.writeBytes(EventsFrame.tail());
        metrics.sent(records.size(), size);
        if (tracing.isOn()) {
            trace(records);
        }
        channel.text(frame, outcome);
    }

    private void trace(List<LogRecord> records) {
        for (LogRecord record : records) {
            byte[] header = record.trace();
            if (header != null) {
                tracing.done("heddle.deliver", header, record.timestamp());
            }
        }
    }

    @Override
    public void close(EndReason reason) {
        closer.accept(reason);
    }
}
