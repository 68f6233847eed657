package dev.heddle.edge.hub;

import dev.heddle.event.EventItem;
import dev.heddle.event.UserKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events of one frame in the making: of the user's next records those that the client wants, joined where it asked
 * for that, up to what a frame may hold; and where the client stands once it has them. Used once, on the session's
 * event loop.
 */
final class FrameEvents {
    /** What became of a record. */
    private enum Taken {
        /** It is in the frame, or nothing of it ever will be. */
        YES,
        /** It comes in the next frame. */
        FULL,
        /** It is another user's. */
        FOREIGN
    }

    private final UserKey user;
    private final Subscription subscription;
    private final int partition;
    private final Hub hub;
    private final long most;
    private final List<LogRecord> events = new ArrayList<>();
    private final List<EventItem> joining = new ArrayList<>();
    private @Nullable LogRecord lastJoining;
    private long bytes;
    private long nextOffset;
    private int leaderEpoch;
    private boolean whole = true;
    private boolean foreign;

    private FrameEvents(Start start, long most, Hub hub) {
        this.user = start.user();
        this.subscription = start.subscription();
        this.partition = start.partition();
        this.most = most;
        this.hub = hub;
    }

    /**
     * The frame of a batch.
     *
     * @param most what its items hold at most in bytes, unless one alone is larger
     */
    static FrameEvents of(ReadBatch batch, Start start, long most, Hub hub) {
        FrameEvents frame = new FrameEvents(start, most, hub);
        frame.fill(batch);
        return frame;
    }

    private void fill(ReadBatch batch) {
        for (LogRecord record : batch.records()) {
            Taken taken = add(record);
            if (taken == Taken.FOREIGN) {
                foreign = true;
                return;
            }
            if (taken == Taken.FULL) { // as JSON it is longer than it was stored
                whole = false;
                break;
            }
            reach(record.offset() + 1, record.leaderEpoch());
        }
        if (whole) {
            reach(batch.nextOffset(), batch.leaderEpoch());
        }
        settle();
    }

    private void reach(long next, int epoch) {
        if (next > nextOffset) {
            nextOffset = next;
            leaderEpoch = epoch;
        }
    }

    private Taken add(LogRecord record) {
        if (!record.user().equals(user)) {
            return Taken.FOREIGN;
        }
        EventItem item = itemOf(record);
        if (item == null) {
            return Taken.YES;
        }
        if (bytes > 0 && bytes + item.json().length > most) {
            return Taken.FULL;
        }
        if (!subscription.admits(item)) {
            settle(); // what it hides lies between two others: they are not neighbours
        } else if (subscription.wants(Subscription.Option.FOLD)) {
            join(record, item);
        } else {
            take(record, item);
        }
        return Taken.YES;
    }

    private void take(LogRecord record, EventItem item) {
        events.add(record.hasItem() ? record : record.as(item));
        bytes += item.json().length;
    }

    private void join(LogRecord record, EventItem item) {
        if (!joining.isEmpty() && !joining.get(joining.size() - 1).joins(item)) {
            settle();
        }
        joining.add(item);
        lastJoining = record;
        bytes += item.json().length;
    }

    private void settle() {
        LogRecord last = lastJoining;
        if (last != null) {
            events.add(joining.size() == 1 && last.hasItem() ? last : last.as(EventItem.joined(joining)));
            joining.clear();
            lastJoining = null;
        }
    }

    /** The record's wire form; null if its value is no event, whatever reading it throws. */
    private @Nullable EventItem itemOf(LogRecord record) {
        try {
            return record.item(hub.windowBytes());
        } catch (RuntimeException | StackOverflowError e) {
            hub.observer().undecodable(partition, record.offset(), String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** Whether a record of another user was among the batch's; then there is no frame. */
    boolean isForeign() {
        return foreign;
    }

    /** Whether no event is in the frame. */
    boolean isEmpty() {
        return events.isEmpty();
    }

    /** The frame's records, in the order of the log. */
    List<LogRecord> events() {
        return events;
    }

    /** What the items hold as JSON, in bytes, before joining. */
    long bytes() {
        return bytes;
    }

    /** Whether all of the batch is in the frame. */
    boolean isWhole() {
        return whole;
    }

    /** Where the client stands after the frame. */
    long nextOffset() {
        return nextOffset;
    }

    /** The epoch of what lies before {@link #nextOffset}. */
    int leaderEpoch() {
        return leaderEpoch;
    }
}
