package dev.heddle.edge.hub;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The credit in bytes of an edge for everything on its way to clients: records that catch-up has read for a session,
 * frames in the making, frames that are not written yet. It is taken before a frame is made, and given back once the
 * frame is written or has failed. An edge has one for all its hubs, so a replaced hub and the next one share it.
 * Thread-safe, without a lock.
 *
 * <p>A quarter of it is only for amounts of up to two usual frames, so that a few events of a megabyte for clients that
 * do not read leave the others' frames alone; such amounts may take the rest too, as far as it is free, so that it
 * takes some ten thousand clients that do not read to hold up another. A user has at most an eighth of the part for
 * larger amounts, or one event; frames shrink as the quarter fills, and with the number of the user's sessions.
 *
 * <p>The size of an amount determines the part that it comes from, so {@link #resize} needs only the held and the
 * wanted amount.
 */
public final class Credit {
    /** The least bound of a frame, in bytes: below it slow clients would be served an event at a time. */
    static final int LEAST_FRAME_BYTES = 4 * 1024;

    /**
     * The cost of a frame beside its items, in bytes: the buffer's and the write's bookkeeping, the JSON around the
     * items.
     */
    private static final int FRAME_OVERHEAD_BYTES = 640;

    /** A frame takes at most one part in this many of the quarter's free bytes. */
    private static final int SHARE_OF_FREE = 256;

    /** A user's sessions together take at most about one part in this many of the quarter. */
    private static final int SHARE_OF_USER = 8;

    private final CreditLine small;
    private final CreditLine large;
    private final int frameBytes;
    private final long quarter;
    private final long limit;
    private final long smallMost;

    /** A user's account of the larger part. */
    static final class Account {
        private final AtomicLong large = new AtomicLong();
    }

    /** A credit of {@link HubConfig#inFlightBytes()}, with nothing taken. */
    public Credit(HubConfig config) {
        this.limit = config.inFlightBytes();
        this.quarter = Math.max(1, limit / 4);
        CreditLine.Pair lines = CreditLine.Pair.of(limit, Math.max(1, limit - quarter), limit);
        this.small = lines.small();
        this.large = lines.large();
        this.frameBytes = config.frameBytes();
        this.smallMost = 2L * frameBytes;
    }

    /** The bound, in bytes. */
    public long limit() {
        return limit;
    }

    /** The bytes taken. */
    public long used() {
        return small.used() + large.used();
    }

    /** The number of sessions that wait for credit. */
    public int waiting() {
        return small.waiting() + large.waiting();
    }

    /** The credit of a frame with so many bytes of items. */
    static long ofFrame(long itemBytes) {
        // Netty's pool rounds a buffer up by a quarter at most; larger frames have a buffer of exactly their size.
        long rounding = itemBytes <= HubFrame.MAX_BYTES ? itemBytes / 4 : 0;
        return itemBytes + rounding + FRAME_OVERHEAD_BYTES;
    }

    /** The bytes of items that fit a frame of this credit. */
    static long itemsOf(long amount) {
        return (amount - FRAME_OVERHEAD_BYTES) / 5 * 4;
    }

    /** The most bytes of items in a frame; a larger item is sent alone. */
    long mostItems() {
        return Math.min(HubFrame.MAX_BYTES, itemsOf(large.limit()));
    }

    /**
     * The bound of the next frame in bytes: smaller when little is free.
     *
     * @param sessions number of the user's sessions
     */
    int frameBytes(int sessions) {
        long free = Math.max(0, quarter - small.used());
        long share = Math.min(free / SHARE_OF_FREE, quarter / SHARE_OF_USER / Math.max(1, sessions));
        return (int) Math.min(frameBytes, Math.max(LEAST_FRAME_BYTES, share));
    }

    /** True if sessions wait for the smaller part: catch-up need not read on for them. */
    boolean isShort() {
        return small.waiting() > 0;
    }

    /**
     * Changes an amount that is held into another one, 0 being none. Less is always given; more only if it is free and
     * no session waits for it.
     *
     * @return true if {@code to} is held now, false if {@code from} still is
     */
    boolean resize(Account user, long from, long to) {
        CreditLine before = lineOf(from);
        CreditLine after = lineOf(to);
        long more = Math.min(to, after.limit()) - (before == after ? Math.min(from, after.limit()) : 0);
        if (more > 0 && !(after == large ? large.take(user.large, more) : small.take(more))) {
            return false;
        }
        if (before != after) {
            giveBack(user, before, Math.min(from, before.limit()));
        } else if (more < 0) {
            giveBack(user, before, -more);
        }
        return true;
    }

    private void giveBack(Account user, CreditLine line, long bytes) {
        if (bytes > 0) {
            if (line == large) {
                user.large.addAndGet(-bytes);
            }
            line.giveBack(bytes);
        }
    }

    /**
     * Has a session wait for an amount, while it holds none.
     *
     * @param granted run on the loop once the amount is taken
     */
    CreditRequest await(Account user, long bytes, Executor loop, Runnable granted) {
        CreditLine line = lineOf(bytes);
        CreditRequest request = new CreditRequest(bytes, line == large ? user.large : null, loop, granted);
        line.await(request);
        return request;
    }

    private CreditLine lineOf(long bytes) {
        return bytes <= smallMost ? small : large;
    }
}
