package dev.heddle.edge.hub;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A part of the edge's {@link Credit}: a bound in bytes, and the requests that wait for some of it, in the order in
 * which they came.
 *
 * <p><b>Fair.</b> While a request waits, no later one takes anything, so a large request at the head is not passed by
 * small ones for ever. The one exception is a request whose user holds a share of the line already: others pass it. An
 * amount above the limit counts as the limit, so it is granted when nothing else is held.
 *
 * <p>Two lines share a bound: bytes that one holds, the other cannot hold. Two threads that take from both at the same
 * moment may exceed it by one amount.
 *
 * <p><b>Threads.</b> Any. Taking and giving back is one compare-and-set or add each while nobody waits. The waiting
 * requests belong to the one thread that is in {@link #serve}; a thread that comes meanwhile only makes it repeat its
 * pass. A request is counted before it looks for free bytes, and bytes given back are subtracted before the giver looks
 * for waiting requests, so neither can miss the other.
 */
final class CreditLine {
    /** The fraction of a line that one user may hold: an eighth of it, or a single larger amount. */
    private static final int USER_SHARE = 8;

    private final long limit;
    private final long limitOfBoth;
    private CreditLine beside = this;
    private final AtomicLong used = new AtomicLong();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Queue<CreditRequest> incoming = new ConcurrentLinkedQueue<>();
    private final Set<CreditRequest> inLine = new LinkedHashSet<>();
    private final AtomicInteger serving = new AtomicInteger();

    private CreditLine(long limit, long limitOfBoth) {
        this.limit = limit;
        this.limitOfBoth = limitOfBoth;
    }

    /** Two lines, each with a bound of its own, and a common bound. */
    record Pair(CreditLine small, CreditLine large) {
        static Pair of(long smallLimit, long largeLimit, long limitOfBoth) {
            Pair pair = new Pair(new CreditLine(smallLimit, limitOfBoth), new CreditLine(largeLimit, limitOfBoth));
            pair.small.beside = pair.large;
            pair.large.beside = pair.small;
            return pair;
        }
    }

    long limit() {
        return limit;
    }

    long used() {
        return used.get();
    }

    /** The number of requests that wait. */
    int waiting() {
        return waiting.get();
    }

    /** Takes bytes if they are free and no request waits for them. */
    boolean take(long bytes) {
        return waiting.get() == 0 && takeFree(bytes);
    }

    /** Takes bytes for a user, if the user stays within the share. */
    boolean take(AtomicLong ofUser, long bytes) {
        return waiting.get() == 0 && takeFree(ofUser, bytes);
    }

    private boolean takeFree(long bytes) {
        long now = used.get();
        while (now + bytes <= limit && now + bytes + beside.used() <= limitOfBoth) {
            if (used.compareAndSet(now, now + bytes)) {
                return true;
            }
            now = used.get();
        }
        return false;
    }

    private boolean takeFree(AtomicLong ofUser, long bytes) {
        if (!takeShare(ofUser, bytes)) {
            return false;
        }
        if (takeFree(bytes)) {
            return true;
        }
        ofUser.addAndGet(-bytes);
        return false;
    }

    private boolean takeShare(AtomicLong ofUser, long bytes) {
        long now = ofUser.get();
        while (now == 0 || now + bytes <= limit / USER_SHARE) {
            if (ofUser.compareAndSet(now, now + bytes)) {
                return true;
            }
            now = ofUser.get();
        }
        return false;
    }

    /** Gives bytes back. */
    void giveBack(long bytes) {
        used.addAndGet(-bytes);
        if (waiting.get() > 0) {
            serve();
        }
        if (beside.waiting() > 0) {
            beside.serve();
        }
    }

    /** Adds a request to the line; it may have been granted when this returns. */
    void await(CreditRequest request) {
        waiting.incrementAndGet();
        incoming.add(request);
        serve();
    }

    private void serve() {
        if (serving.getAndIncrement() != 0) {
            return; // the thread that serves goes round once more
        }
        int seen = 1;
        do {
            for (CreditRequest request = incoming.poll(); request != null; request = incoming.poll()) {
                inLine.add(request);
            }
            grantInTurn();
            seen = serving.addAndGet(-seen);
        } while (seen != 0);
    }

    private void grantInTurn() {
        Iterator<CreditRequest> turns = inLine.iterator();
        while (turns.hasNext()) {
            CreditRequest request = turns.next();
            long bytes = Math.min(request.bytes(), limit);
            if (!request.isWithdrawn()) {
                AtomicLong ofUser = request.ofUser();
                if (ofUser != null && !takeShare(ofUser, bytes)) {
                    continue; // its user has a share already: others pass
                }
                if (!takeFree(bytes)) {
                    if (ofUser != null) {
                        ofUser.addAndGet(-bytes);
                    }
                    return; // nobody passes it
                }
                request.grant();
            }
            turns.remove();
            waiting.decrementAndGet();
        }
    }
}
