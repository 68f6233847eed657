package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the tail and the sessions of one partition meet: the window, the users' strands, and who waits for the tail.
 * One for each partition, for the life of the hub.
 *
 * <p><b>Neither misses the other.</b> A session attaches to its strand and then reads the window's end; the tail
 * publishes the end and then, behind a full fence, looks for sessions. The same for demand: a session counts itself and
 * then looks for a window; the tail takes the window away and then looks at the count.
 *
 * <p><b>One owner forgets.</b> Strands are made by whoever comes first and removed by the tail thread alone, inside the
 * map's operation on that key, once they have neither a record nor a session.
 */
final class PartitionInDemand {
    private final int partition;
    private final int joinRecords;
    private final ConcurrentHashMap<UserKey, Strand> strands = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Strand> maybeIdle = new ConcurrentLinkedQueue<>();
    private final Set<Session> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicInteger sessions = new AtomicInteger();
    private final AtomicLong lowestOffset = new AtomicLong(Long.MAX_VALUE);
    private volatile @Nullable Window window;

    /**
     * A partition that nobody wants yet.
     *
     * @param joinRecords how far before the end a session may be that the tail goes back for
     */
    PartitionInDemand(int partition, int joinRecords) {
        this.partition = partition;
        this.joinRecords = joinRecords;
    }

    int partition() {
        return partition;
    }

    /** What the tail holds of this partition; null while it is not tailed. */
    @Nullable
    Window window() {
        return window;
    }

    int sessions() {
        return sessions.get();
    }

    // ---- the sessions' side, any event loop

    /** Attaches a session, which from then on is woken when its user has a new record. */
    Strand attach(Session session) {
        if (session.offset() >= session.endAtStart() - joinRecords) {
            lowestOffset.accumulateAndGet(session.offset(), Math::min);
        }
        Strand strand = strands.compute(session.user(), (user, known) -> {
            Strand now = known == null ? newStrand(user) : known;
            now.attach(session);
            return now;
        });
        sessions.incrementAndGet();
        return strand;
    }

    void detach(Session session, Strand strand) {
        waiting.remove(session);
        strands.computeIfPresent(session.user(), (user, known) -> {
            known.detach(session);
            return known;
        });
        maybeIdle.add(strand);
        sessions.decrementAndGet();
    }

    /** Wakes the session after every batch of the tail, whoever it is for, until {@link #waitNoMore}. */
    void waitForTail(Session session) {
        waiting.add(session);
    }

    void waitNoMore(Session session) {
        waiting.remove(session);
    }

    // ---- the tail thread's side

    /** Sessions to wake though nothing has come for them. */
    Set<Session> waiting() {
        return waiting;
    }

    /**
     * The lowest offset, near enough to the end, that a session has come with since the last call;
     * {@code Long.MAX_VALUE} if none has.
     */
    long takeLowestOffset() {
        return lowestOffset.getAndSet(Long.MAX_VALUE);
    }

    void window(@Nullable Window next) {
        window = next;
    }

    Strand strandOf(UserKey user) {
        Strand known = strands.get(user);
        return known != null ? known : strands.computeIfAbsent(user, this::newStrand);
    }

    /**
     * Inside a map operation on this user's key: what the user had in the window until now, if anything, lies before
     * its start.
     */
    private Strand newStrand(UserKey user) {
        Window now = window;
        return new Strand(user, now == null ? 0 : now.start().offset());
    }

    /** Removes the strand if nothing needs it. */
    void forgetIfIdle(Strand strand) {
        strands.computeIfPresent(strand.user(), (user, known) -> known == strand && known.isIdle() ? null : known);
    }

    /** Removes the strands that sessions have left and nothing needs. */
    void forgetLeft() {
        Strand strand = maybeIdle.poll();
        while (strand != null) {
            forgetIfIdle(strand);
            strand = maybeIdle.poll();
        }
    }

    /** Every session that is attached. */
    void forEachSession(Consumer<Session> action) {
        for (Strand strand : strands.values()) {
            for (Session session : strand.sessions()) {
                action.accept(session);
            }
        }
    }

    /** How many users are known here. */
    int users() {
        return strands.size();
    }
}
