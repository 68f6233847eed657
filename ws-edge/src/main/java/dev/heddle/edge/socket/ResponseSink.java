package dev.heddle.edge.socket;

import dev.heddle.edge.hub.EndReason;
import dev.heddle.edge.hub.FrameOutcome;
import dev.heddle.edge.hub.HubFrame;
import dev.heddle.edge.hub.LogRecord;
import dev.heddle.edge.hub.SessionSink;
import dev.heddle.event.Cursor;
import dev.heddle.event.EventItem;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import dev.heddle.trace.Tracing;
import java.util.ArrayList;
import java.util.List;

/**
 * The one class that writes events to HTTP responses. It compares the key of each record with the user of this response
 * before the record's bytes are taken, and writes nothing of a frame in which one differs.
 *
 * <p>Owned by the connection's event loop; one frame is in flight at most.
 */
final class ResponseSink implements SessionSink {

    private final UserKey user;
    private final Cursor place;
    private final AnswerBody body;
    private final ResponseChannel channel;
    private final Services.Operations operations;
    private final Owner owner;

    /** The response that the sink writes. */
    interface Owner {
        /** The last byte of the body has been handed to the channel. */
        void complete();

        /** The session has ended for this reason. */
        void ended(EndReason reason);
    }

    /**
     * @param user the authenticated user of the response, never changed
     * @param place any cursor of this user's
     */
    ResponseSink(
            UserKey user,
            Cursor place,
            AnswerBody body,
            ResponseChannel channel,
            Services.Operations operations,
            Owner owner) {
        this.user = user;
        this.place = place.withFlags(0);
        this.body = body;
        this.channel = channel;
        this.operations = operations;
        this.owner = owner;
    }

    @Override
    public void write(HubFrame frame, FrameOutcome outcome) {
        List<byte[]> pieces = new ArrayList<>();
        if (frame instanceof HubFrame.Events events) {
            if (!isOurs(events)) {
                operations.metrics().foreignEvent();
                outcome.onFrameFailed();
                owner.ended(EndReason.FOREIGN_EVENT);
                return;
            }
            for (LogRecord record : events.records()) {
                take(record, pieces);
            }
        } else if (frame instanceof HubFrame.CaughtUp && !body.isComplete()) {
            body.caughtUp(pieces::add);
        }
        if (pieces.isEmpty()) {
            outcome.onFrameWritten();
        } else {
            channel.write(pieces, outcome);
        }
        if (body.isComplete()) {
            owner.complete();
        }
    }

    private boolean isOurs(HubFrame.Events events) {
        for (LogRecord record : events.records()) {
            if (!record.user().equals(user)) {
                return false;
            }
        }
        return true;
    }

    private void take(LogRecord record, List<byte[]> pieces) {
        if (body.isComplete() || !record.user().equals(user)) {
            return;
        }
        EventItem item = record.item();
        int before = pieces.size();
        Cursor after = place.at(new Position(record.offset() + 1, record.leaderEpoch()));
        body.take(new DeliveredEvent(item.type(), item.runSeq() >= 0, item.eventJson(), after), pieces::add);
        int bytes = 0;
        for (byte[] piece : pieces.subList(before, pieces.size())) {
            bytes += piece.length;
        }
        operations.metrics().sent(bytes > 0 ? 1 : 0, bytes);
        Tracing tracing = operations.tracing();
        byte[] trace = record.trace();
        if (trace != null && tracing.isOn()) {
            tracing.done("heddle.deliver", trace, record.timestamp());
        }
    }

    @Override
    public void close(EndReason reason) {
        owner.ended(reason);
    }
}
