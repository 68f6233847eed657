package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One user's chain of records in the window of a partition, and the subscribers that follow it.
 *
 * <p>Only the tail thread writes the ends of the chain. The array of subscribers is replaced as a whole, inside the
 * partition's map operations on this user's key; so forgetting a chain and attaching a subscriber to it exclude each
 * other.
 */
final class RecordChain {
    /** The sequence of no record: sequences begin at 1. */
    static final long NONE = 0;

    private static final Subscriber[] NO_SUBSCRIBERS = {};
    private static final VarHandle FIRST;
    private static final VarHandle EVICTED_BEFORE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            FIRST = lookup.findVarHandle(RecordChain.class, "first", long.class);
            EVICTED_BEFORE = lookup.findVarHandle(RecordChain.class, "evictedBefore", long.class);
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
    private Credit.@Nullable Account account; // made with the first subscriber
    private volatile Subscriber[] subscribers = NO_SUBSCRIBERS;

    /**
     * A chain without records.
     *
     * @param evictedBefore an offset before which the user may have had records that have left the window
     */
    RecordChain(UserKey user, long evictedBefore) {
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

    /** Sets {@link #first()}. Tail thread. */
    void first(long sequence) {
        FIRST.setRelease(this, sequence);
    }

    /** The sequence of the user's newest record. Tail thread. */
    long last() {
        return last;
    }

    /** Sets {@link #last()}. Tail thread. */
    void last(long sequence) {
        last = sequence;
    }

    /**
     * An offset after all of the user's records that have left the window. Any thread, after it has read the window's
     * start.
     */
    long evictedBefore() {
        return (long) EVICTED_BEFORE.getOpaque(this);
    }

    /** Sets {@link #evictedBefore()}. Tail thread, before it publishes the window's new start. */
    void evictedBefore(long offset) {
        EVICTED_BEFORE.setOpaque(this, offset);
    }

    /** Marks the chain as part of a batch of the tail; false if it is marked already. Tail thread. */
    boolean joinBatch(long batch) {
        if (lastBatch == batch) {
            return false;
        }
        lastBatch = batch;
        return true;
    }

    /** The subscribers attached now; not to be modified. Any thread. */
    Subscriber[] subscribers() {
        return subscribers;
    }

    /** The user's account of the credit. For a subscriber that has attached. */
    Credit.Account account() {
        return Objects.requireNonNull(account, "no subscriber has attached");
    }

    /** Adds a subscriber. Only inside a map operation on this user's key. */
    void attach(Subscriber subscriber) {
        if (account == null) {
            account = new Credit.Account();
        }
        Subscriber[] more = Arrays.copyOf(subscribers, subscribers.length + 1);
        more[subscribers.length] = subscriber;
        subscribers = more;
    }

    /** Removes a subscriber. Only inside a map operation on this user's key. */
    void detach(Subscriber subscriber) {
        Subscriber[] rest =
                Arrays.stream(subscribers).filter(s -> s != subscriber).toArray(Subscriber[]::new);
        subscribers = rest.length == 0 ? NO_SUBSCRIBERS : rest;
    }

    /** True if the chain has no record and no subscriber. Tail thread, inside a map operation on this user's key. */
    boolean isIdle() {
        return first == NONE && subscribers.length == 0;
    }
}
