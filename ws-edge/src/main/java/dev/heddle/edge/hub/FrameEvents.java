package dev.heddle.edge.hub;

import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events of one frame in the making: of the user's next records those that the client wants, joined where it asked for that, up
 * to what a frame may hold. Used once, on the session's event loop.
 */
final class FrameEvents {
    /** What became of a record. */
    enum Taken {
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
    private final List<LogRecord> events = new ArrayList<>();
    private final List<EventItem> joining = new ArrayList<>();
    private @Nullable LogRecord lastJoining;
    private long bytes;

    FrameEvents(Start start, Hub hub) {
        this.user = start.user();
        this.subscription = start.subscription();
        this.partition = start.partition();
        this.hub = hub;
    }

    Taken add(LogRecord record) {
        if (!record.user().equals(user)) {
            return Taken.FOREIGN;
        }
        EventItem item = itemOf(record);
        if (item == null) {
            return Taken.YES;
        }
        if (bytes > 0 && bytes + item.json().length > HubFrame.MAX_BYTES) {
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
        events.add(record);
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
            events.add(joining.size() == 1 ? last : last.as(EventItem.joined(joining)));
            joining.clear();
            lastJoining = null;
        }
    }

    /** The record's wire form; null if its value is no event. */
    private @Nullable EventItem itemOf(LogRecord record) {
        try {
            EventItem item = record.item();
            record.countItem(item, hub.windowBytes());
            return item;
        } catch (InvalidEventException e) {
            hub.observer().undecodable(partition, record.offset(), String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** What the frame has, once everything has been added. */
    List<LogRecord> events() {
        settle();
        return events;
    }

    /** What the items hold as JSON, in bytes, before joining. */
    long bytes() {
        return bytes;
    }
}
