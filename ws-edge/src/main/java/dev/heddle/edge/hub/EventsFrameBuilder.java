package dev.heddle.edge.hub;

import dev.heddle.event.EventItem;
import dev.heddle.event.UserKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The builder of one events frame: it takes those of a user's next records that the client's subscription admits, joins
 * deltas if the subscription asks for that, and stops at the frame's bound in bytes. Used once, on the session's event
 * loop.
 */
final class EventsFrameBuilder {
    /** The result of adding a record. */
    private enum Added {
        /** The record is in the frame, or the client does not get it at all. */
        YES,
        /** The record has no room and comes in the next frame. */
        FULL,
        /** The record is another user's. */
        FOREIGN
    }

    private final UserKey user;
    private final Subscription subscription;
    private final int partition;
    private final long maxBytes;
    private final ByteBudget windowBytes;
    private final HubObserver observer;
    private final List<LogRecord> records = new ArrayList<>();
    private final List<EventItem> joining = new ArrayList<>();
    private @Nullable LogRecord lastJoining;
    private long bytes;
    private long nextOffset;
    private int leaderEpoch;
    private boolean whole = true;
    private boolean foreign;

    private EventsFrameBuilder(Start start, long maxBytes, ByteBudget windowBytes, HubObserver observer) {
        this.user = start.user();
        this.subscription = start.subscription();
        this.partition = start.partition();
        this.maxBytes = maxBytes;
        this.windowBytes = windowBytes;
        this.observer = observer;
    }

    /**
     * The frame of a batch.
     *
     * @param maxBytes bound of the frame's items as JSON; an item larger than it is taken alone
     * @param windowBytes budget in which the items of records in a window count
     */
    static EventsFrameBuilder of(
            ReadBatch batch, Start start, long maxBytes, ByteBudget windowBytes, HubObserver observer) {
        EventsFrameBuilder frame = new EventsFrameBuilder(start, maxBytes, windowBytes, observer);
        frame.fill(batch);
        return frame;
    }

    private void fill(ReadBatch batch) {
        for (LogRecord record : batch.records()) {
            Added added = add(record);
            if (added == Added.FOREIGN) {
                foreign = true;
                return;
            }
            if (added == Added.FULL) { // as JSON the records are longer than stored
                whole = false;
                break;
            }
            advanceTo(record.offset() + 1, record.leaderEpoch());
        }
        if (whole) {
            advanceTo(batch.nextOffset(), batch.leaderEpoch());
        }
        flushJoined();
    }

    private void advanceTo(long next, int epoch) {
        if (next > nextOffset) {
            nextOffset = next;
            leaderEpoch = epoch;
        }
    }

    private Added add(LogRecord record) {
        if (!record.user().equals(user)) {
            return Added.FOREIGN;
        }
        EventItem item = itemOf(record);
        if (item == null) {
            return Added.YES;
        }
        if (bytes > 0 && bytes + item.json().length > maxBytes) {
            return Added.FULL;
        }
        if (!subscription.admits(item)) {
            flushJoined(); // its two neighbours are not neighbours of each other
        } else if (subscription.wants(Subscription.Option.FOLD)) {
            join(record, item);
        } else {
            take(record, item);
        }
        return Added.YES;
    }

    private void take(LogRecord record, EventItem item) {
        records.add(record.hasItem() ? record : record.withItem(item));
        bytes += item.json().length;
    }

    private void join(LogRecord record, EventItem item) {
        if (!joining.isEmpty() && !joining.get(joining.size() - 1).joins(item)) {
            flushJoined();
        }
        joining.add(item);
        lastJoining = record;
        bytes += item.json().length;
    }

    private void flushJoined() {
        LogRecord last = lastJoining;
        if (last != null) {
            records.add(joining.size() == 1 && last.hasItem() ? last : last.withItem(EventItem.joined(joining)));
            joining.clear();
            lastJoining = null;
        }
    }

    /** The record's wire form; null if its value cannot be decoded. */
    private @Nullable EventItem itemOf(LogRecord record) {
        try {
            return record.item(windowBytes);
        } catch (RuntimeException | StackOverflowError e) {
            observer.undecodable(partition, record.offset(), String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** True if the batch has a record of another user; then there is no frame. */
    boolean isForeign() {
        return foreign;
    }

    /** True if the frame has no event. */
    boolean isEmpty() {
        return records.isEmpty();
    }

    /** The frame's records, in the order of the log. */
    List<LogRecord> records() {
        return records;
    }

    /** The size of the items as JSON, in bytes, before joining. */
    long bytes() {
        return bytes;
    }

    /** True if the frame has all of the batch. */
    boolean isWhole() {
        return whole;
    }

    /** The client's next offset after the frame. */
    long nextOffset() {
        return nextOffset;
    }

    /** The epoch of the record before {@link #nextOffset}; -1 if unknown. */
    int leaderEpoch() {
        return leaderEpoch;
    }
}
