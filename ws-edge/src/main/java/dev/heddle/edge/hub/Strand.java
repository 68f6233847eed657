package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One user in one partition: the ends of the user's way through the window, and the user's sessions.
 *
 * <p>The tail thread alone writes the ends. The sessions are replaced as a whole inside the partition's map operations
 * on this user's key, so that forgetting a strand and attaching a session to it exclude each other.
 */
final class Strand {
    /** No record: sequences begin at 1. */
    static final long NONE = 0;

    private static final Session[] NO_SESSIONS = {};
    private static final VarHandle FIRST;
    private static final VarHandle EVICTED_BEFORE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            FIRST = lookup.findVarHandle(Strand.class, "first", long.class);
            EVICTED_BEFORE = lookup.findVarHandle(Strand.class, "evictedBefore", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final UserKey user;
    private long first = NONE;
    private long last = NONE;

    @SuppressWarnings("UnusedVariable") // read through EVICTED_BEFORE
    private long evictedBefore;

    private long lastBatch;
    private Credit.@Nullable Account account; // made with the first session
    private volatile Session[] sessions = NO_SESSIONS;

    /**
     * A user's strand without records.
     *
     * @param evictedBefore an offset before which the user may have had records that are not in the window any more
     */
    Strand(UserKey user, long evictedBefore) {
        this.user = user;
        this.evictedBefore = evictedBefore;
    }

    UserKey user() {
        return user;
    }

    /** The sequence of the user's oldest record in the window. Any thread. */
    long first() {
        return (long) FIRST.getAcquire(this);
    }

    /** Tail thread. */
    void first(long sequence) {
        FIRST.setRelease(this, sequence);
    }

    /** Tail thread. */
    long last() {
        return last;
    }

    /** Tail thread. */
    void last(long sequence) {
        last = sequence;
    }

    /**
     * All of the user's records that have left the window lie before this offset. Any thread, after the window's start.
     */
    long evictedBefore() {
        return (long) EVICTED_BEFORE.getOpaque(this);
    }

    /** Tail thread, before it publishes the window's new start. */
    void evictedBefore(long offset) {
        EVICTED_BEFORE.setOpaque(this, offset);
    }

    /** Whether this is the user's first record of the tail's batch. Tail thread. */
    boolean isNewIn(long batch) {
        if (lastBatch == batch) {
            return false;
        }
        lastBatch = batch;
        return true;
    }

    /** The sessions that are attached now; not to be modified. Any thread. */
    Session[] sessions() {
        return sessions;
    }

    /** The user's account of the credit. For a session that has attached. */
    Credit.Account account() {
        return Objects.requireNonNull(account, "no session has attached");
    }

    /** Only inside a map operation on this user's key. */
    void attach(Session session) {
        if (account == null) {
            account = new Credit.Account();
        }
        Session[] more = Arrays.copyOf(sessions, sessions.length + 1);
        more[sessions.length] = session;
        sessions = more;
    }

    /** Only inside a map operation on this user's key. */
    void detach(Session session) {
        Session[] rest = Arrays.stream(sessions).filter(s -> s != session).toArray(Session[]::new);
        sessions = rest.length == 0 ? NO_SESSIONS : rest;
    }

    /** Whether nothing needs this strand. Only the tail thread, inside a map operation on this user's key. */
    boolean isIdle() {
        return first == NONE && sessions.length == 0;
    }
}
