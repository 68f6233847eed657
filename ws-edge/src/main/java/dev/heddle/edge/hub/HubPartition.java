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
 * One partition of the log in the hub: its window, its users' chains of records, and the subscribers that wait for the
 * tail. It lives as long as the hub.
 *
 * <p><b>Tail and subscriber never miss each other.</b> A subscriber attaches to its chain and then reads the window's
 * end; the tail publishes the end and then, behind a full fence, reads the subscribers. A request for a window works
 * the same way: a subscriber counts itself and then looks for a window; the tail removes the window and then reads the
 * count.
 *
 * <p><b>One owner forgets.</b> Any thread may make a chain. Only the tail thread removes one, inside the map's
 * operation on that key, once the chain has neither a record nor a subscriber.
 */
final class HubPartition {
    private final int partition;
    private final int joinRecords;
    private final ConcurrentHashMap<UserKey, RecordChain> chains = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<RecordChain> maybeIdle = new ConcurrentLinkedQueue<>();
    private final Set<Subscriber> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicInteger subscribers = new AtomicInteger();
    private final AtomicLong lowestOffset = new AtomicLong(Long.MAX_VALUE);
    private volatile @Nullable Window window;

    /**
     * A partition without subscribers.
     *
     * @param joinRecords distance from the end, in offsets, within which a subscriber's offset moves the tail's start
     */
    HubPartition(int partition, int joinRecords) {
        this.partition = partition;
        this.joinRecords = joinRecords;
    }

    int partition() {
        return partition;
    }

    /** The partition's window; null while the tail does not read the partition. */
    @Nullable
    Window window() {
        return window;
    }

    int subscribers() {
        return subscribers.get();
    }

    // ---- the subscribers' side, any event loop

    /** Attaches a subscriber, which is woken from then on when its user has a new record. */
    RecordChain attach(Subscriber subscriber) {
        if (subscriber.offset() >= subscriber.endAtConnect() - joinRecords) {
            lowestOffset.accumulateAndGet(subscriber.offset(), Math::min);
        }
        RecordChain chain = chains.compute(subscriber.user(), (user, known) -> {
            RecordChain now = known == null ? newChain(user) : known;
            now.attach(subscriber);
            return now;
        });
        subscribers.incrementAndGet();
        return chain;
    }

    void detach(Subscriber subscriber, RecordChain chain) {
        waiting.remove(subscriber);
        chains.computeIfPresent(subscriber.user(), (user, known) -> {
            known.detach(subscriber);
            return known;
        });
        maybeIdle.add(chain);
        subscribers.decrementAndGet();
    }

    /** Wakes the subscriber after every batch of the tail, until {@link #stopWaiting}. */
    void waitForTail(Subscriber subscriber) {
        waiting.add(subscriber);
    }

    void stopWaiting(Subscriber subscriber) {
        waiting.remove(subscriber);
    }

    // ---- the tail thread's side

    /** The subscribers that wait for the tail. */
    Set<Subscriber> waiting() {
        return waiting;
    }

    /**
     * The lowest offset near the end with which a subscriber has attached since the last call; {@code Long.MAX_VALUE}
     * if none has.
     */
    long takeLowestOffset() {
        return lowestOffset.getAndSet(Long.MAX_VALUE);
    }

    void window(@Nullable Window next) {
        window = next;
    }

    RecordChain chainOf(UserKey user) {
        RecordChain known = chains.get(user);
        return known != null ? known : chains.computeIfAbsent(user, this::newChain);
    }

    /** Inside a map operation on this user's key: records that the user had in the window lie before its start. */
    private RecordChain newChain(UserKey user) {
        Window now = window;
        return new RecordChain(user, now == null ? 0 : now.start().offset());
    }

    /** Removes the chain if it is idle. */
    void forgetIfIdle(RecordChain chain) {
        chains.computeIfPresent(chain.user(), (user, known) -> known == chain && known.isIdle() ? null : known);
    }

    /** Removes the idle ones of the chains that subscribers have left. */
    void forgetIdle() {
        RecordChain chain = maybeIdle.poll();
        while (chain != null) {
            forgetIfIdle(chain);
            chain = maybeIdle.poll();
        }
    }

    /** Calls an action for every attached subscriber. */
    void forEachSubscriber(Consumer<Subscriber> action) {
        for (RecordChain chain : chains.values()) {
            for (Subscriber subscriber : chain.subscribers()) {
                action.accept(subscriber);
            }
        }
    }

    /** The number of users with a record or a subscriber. */
    int users() {
        return chains.size();
    }
}
