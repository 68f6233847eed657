package dev.heddle.edge.hub;

import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One record of the log: the bytes as they were read, and the user key that they were read under. The two never part;
 * whoever writes the event has the key in hand to compare.
 *
 * <p>The wire form is made when a session first needs it and then kept, in place of the stored bytes: most records that
 * an edge tails have no session there. Threads: any number may call {@link #item()}; two that race make the same item
 * twice and keep either one.
 */
public final class LogRecord {
    /** What a record costs in memory beside its key and value, in bytes: itself, its item's fields, its window slot. */
    static final int OVERHEAD_BYTES = 160;

    private static final byte[] NO_VALUE = {};
    private static final int OUTSIDE = 0;
    private static final int COUNTED = 1;
    private static final int COUNTED_WITH_ITEM = 2;

    private static final VarHandle ITEM;
    private static final VarHandle ACCOUNT;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            ITEM = lookup.findVarHandle(LogRecord.class, "item", EventItem.class);
            ACCOUNT = lookup.findVarHandle(LogRecord.class, "account", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long offset;
    private final int leaderEpoch;
    private final long timestamp;
    private final UserKey user;
    private int storedBytes;
    private byte @Nullable [] value;
    private byte @Nullable [] trace;

    @SuppressWarnings("unused") // through ITEM
    private @Nullable EventItem item;

    @SuppressWarnings("unused") // through ACCOUNT
    private int account = OUTSIDE;

    /**
     * A record as it was read.
     *
     * @param timestamp when the log took it, in ms since the epoch
     * @param value the stored bytes, from here on the record's own
     */
    public LogRecord(RecordPlace place, long timestamp, UserKey user, byte[] value) {
        this.offset = place.offset();
        this.leaderEpoch = place.leaderEpoch();
        this.timestamp = timestamp;
        this.user = user;
        this.value = value;
        this.storedBytes = OVERHEAD_BYTES + user.utf8().length + value.length;
    }

    /** Gives the record the header of the trace that it belongs to; by whoever read it, before anybody else sees it. */
    public void belongsTo(byte[] traceHeader) {
        trace = traceHeader;
        storedBytes += traceHeader.length;
    }

    /** The header of the trace that the record belongs to, or null. */
    public byte @Nullable [] trace() {
        return trace;
    }

    /** A record in this one's place, under the same key, that stands for this one and others which it continues. */
    LogRecord as(EventItem joined) {
        LogRecord record = new LogRecord(new RecordPlace(offset, leaderEpoch), timestamp, user, NO_VALUE);
        record.trace = trace;
        ITEM.setRelease(record, joined);
        return record;
    }

    public long offset() {
        return offset;
    }

    /** The epoch of the leader that wrote the record; -1 if the log does not tell. */
    public int leaderEpoch() {
        return leaderEpoch;
    }

    /** When the log took the record, in ms since the epoch. */
    public long timestamp() {
        return timestamp;
    }

    /** The record's key. */
    public UserKey user() {
        return user;
    }

    /**
     * The wire form of the event, made now if nobody has needed it before.
     *
     * @throws InvalidEventException if the value is no event of this user
     */
    public EventItem item() {
        EventItem made = (EventItem) ITEM.getAcquire(this);
        if (made != null) {
            return made;
        }
        byte[] stored = value;
        if (stored == null) { // another thread has just made it
            return (EventItem) ITEM.getAcquire(this);
        }
        made = EventItem.of(user, stored);
        ITEM.setRelease(this, made);
        value = null;
        return made;
    }

    /** The bytes that this record holds while it is only stored, overhead included. */
    int storedBytes() {
        return storedBytes;
    }

    /** The bytes of key and value in the log. */
    int logBytes() {
        return storedBytes - OVERHEAD_BYTES;
    }

    /** Counts the record against a budget, as its window takes it in. Before it is published. */
    void enter(ByteBudget budget) {
        account = COUNTED;
        budget.add(storedBytes);
    }

    /** Counts the wire form too, once, if the record is still in its window. */
    void countItem(EventItem made, ByteBudget budget) {
        if (ACCOUNT.compareAndSet(this, COUNTED, COUNTED_WITH_ITEM)) {
            budget.add(made.json().length);
        }
    }

    /** Gives back what the record counted, as its window drops it. A reader that still holds the record may use it. */
    void leave(ByteBudget budget) {
        int was = (int) ACCOUNT.getAndSet(this, OUTSIDE);
        if (was == OUTSIDE) {
            return;
        }
        long bytes = storedBytes;
        EventItem made = (EventItem) ITEM.getAcquire(this);
        if (was == COUNTED_WITH_ITEM && made != null) {
            bytes += made.json().length;
        }
        budget.add(-bytes);
    }
}
