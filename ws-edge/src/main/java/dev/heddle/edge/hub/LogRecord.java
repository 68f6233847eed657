package dev.heddle.edge.hub;

import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One record of the log: the stored bytes, with the user key that they were read under. The key stays with the record,
 * so the writer of an event can compare it.
 *
 * <p>The wire form is made when a session first needs it, and then kept in place of the stored bytes: most records that
 * an edge tails have no session there. Both are one field, published with release and read with acquire, so a thread
 * sees either the stored bytes or the whole item. Any number of threads may call {@link #item()}; two that race make
 * the same item twice and keep one of them.
 */
public final class LogRecord {
    /** A record's memory beside its key and value, in bytes: the object, its item's fields, its window slot. */
    static final int OVERHEAD_BYTES = 160;

    private static final int OUTSIDE = 0;
    private static final int COUNTED = 1;
    private static final int COUNTED_WITH_ITEM = 2;

    private static final VarHandle CONTENT;
    private static final VarHandle BUDGET_STATE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            CONTENT = lookup.findVarHandle(LogRecord.class, "content", Object.class);
            BUDGET_STATE = lookup.findVarHandle(LogRecord.class, "budgetState", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long offset;
    private final int leaderEpoch;
    private final long timestamp;
    private final UserKey user;
    private final int valueBytes;
    private byte @Nullable [] trace; // set before the record is published

    @SuppressWarnings("unused") // through CONTENT
    private Object content; // the stored bytes, or the EventItem that was made of them

    @SuppressWarnings("unused") // through BUDGET_STATE
    private int budgetState = OUTSIDE;

    /**
     * A record as it was read.
     *
     * @param timestamp when the log took it, in ms since the epoch
     * @param value the stored bytes, from here on the record's own
     */
    public LogRecord(RecordPlace place, long timestamp, UserKey user, byte[] value) {
        this(place, timestamp, user, (Object) value);
    }

    private LogRecord(RecordPlace place, long timestamp, UserKey user, Object content) {
        this.offset = place.offset();
        this.leaderEpoch = place.leaderEpoch();
        this.timestamp = timestamp;
        this.user = user;
        this.content = content;
        this.valueBytes = content instanceof byte[] value ? value.length : 0;
    }

    /** Sets the trace header. Only the reader that made the record, before it is published. */
    public void setTrace(byte[] traceHeader) {
        trace = traceHeader;
    }

    /** The header of the record's trace; null if it has none. */
    public byte @Nullable [] trace() {
        return trace;
    }

    /** A record at the same offset, under the same key, with this item. */
    LogRecord withItem(EventItem item) {
        LogRecord record = new LogRecord(new RecordPlace(offset, leaderEpoch), timestamp, user, (Object) item);
        record.trace = trace;
        return record;
    }

    public long offset() {
        return offset;
    }

    /** The epoch of the leader that wrote the record; -1 if the log does not tell. */
    public int leaderEpoch() {
        return leaderEpoch;
    }

    /** The time at which the log took the record, in ms since the epoch. */
    public long timestamp() {
        return timestamp;
    }

    /** The record's key. */
    public UserKey user() {
        return user;
    }

    /**
     * The wire form of the event, made at the first call.
     *
     * @throws InvalidEventException if the value is no event of this user
     */
    public EventItem item() {
        Object now = CONTENT.getAcquire(this);
        if (now instanceof EventItem made) {
            return made;
        }
        EventItem made = EventItem.of(user, (byte[]) now);
        CONTENT.setRelease(this, made);
        return made;
    }

    /**
     * The wire form of a record that may be in a window: there the item takes the place of the stored bytes in the
     * budget, and is not kept if the budget has no room for it.
     *
     * @param windowBytes what the windows hold
     */
    EventItem item(ByteBudget windowBytes) {
        Object now = CONTENT.getAcquire(this);
        if (now instanceof EventItem made) {
            return made;
        }
        EventItem made = EventItem.of(user, (byte[]) now);
        boolean isOutside = (int) BUDGET_STATE.getAcquire(this) == OUTSIDE;
        if (isOutside || made.json().length <= valueBytes || !windowBytes.isNearlyFull()) {
            CONTENT.setRelease(this, made);
            if (BUDGET_STATE.compareAndSet(this, COUNTED, COUNTED_WITH_ITEM)) {
                windowBytes.add(made.json().length - valueBytes);
            }
        }
        return made;
    }

    /** The wire form; null if the value cannot be decoded as an event of this user. */
    @Nullable
    EventItem itemIfValid() {
        try {
            return item();
        } catch (RuntimeException | StackOverflowError e) {
            return null;
        }
    }

    /** True if the wire form is made. */
    boolean hasItem() {
        return CONTENT.getAcquire(this) instanceof EventItem;
    }

    /** The memory of the record without its wire form, in bytes, overhead included. */
    int storedBytes() {
        return OVERHEAD_BYTES + logBytes();
    }

    /** The bytes of key, value and trace header in the log. */
    int logBytes() {
        byte[] header = trace;
        return user.utf8().length + valueBytes + (header == null ? 0 : header.length);
    }

    /** Counts the record against a budget, as its window takes it in. Before it is published. */
    void enterWindow(ByteBudget budget) {
        budgetState = COUNTED;
        budget.add(storedBytes());
    }

    /**
     * Gives back the record's bytes in the budget, as its window drops it. A reader that still holds the record may use
     * it.
     */
    void leaveWindow(ByteBudget budget) {
        int was = (int) BUDGET_STATE.getAndSet(this, OUTSIDE);
        if (was == OUTSIDE) {
            return;
        }
        long bytes = storedBytes();
        if (was == COUNTED_WITH_ITEM && CONTENT.getAcquire(this) instanceof EventItem made) {
            bytes += made.json().length - valueBytes;
        }
        budget.add(-bytes);
    }
}
