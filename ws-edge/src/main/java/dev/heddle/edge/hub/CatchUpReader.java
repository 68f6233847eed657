package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * Reads the log for sessions whose offset lies before the window, with a reader of its own, so that the tail never
 * waits for it. Serves some of the partitions; several at once.
 *
 * <p>One thread calls {@link #step}; {@link #request} may be called by any. What it holds is bounded: a scan keeps one
 * poll of one partition, there are only as many scans as fit the budget, and chunks are handed on early when they grow
 * beyond it.
 */
final class CatchUpReader implements AutoCloseable {
    /** What one scan may hold of records read, in bytes: a partition's share of a poll, twice. */
    private static final int SCAN_BYTES = 3 << 20;

    /** How long a scan without members keeps its place, for the next chunk is usually asked for at once. */
    private static final long IDLE_NANOS = 500_000_000;

    /** How long a round waits at most while sessions wait for credit: what it would read, nobody could take. */
    private static final long SHORT_OF_CREDIT_NANOS = 5_000_000;

    private final LogReader reader;
    private final BlockIndex index;
    private final HubEnvironment environment;
    private final List<PartitionInDemand> partitions;
    private final long maxBytes;
    private final int maxScans;
    private final int leastSkip;

    private final ConcurrentLinkedQueue<Message> incoming = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Asked> unadmitted = new ArrayDeque<>();
    private final Map<Integer, Scan> scans = new HashMap<>();
    private volatile boolean closed;

    private sealed interface Message {}

    private record Asked(int partition, CatchUpRequest request) implements Message {}

    private record Changed(int partition) implements Message {}

    /**
     * What one reader serves, and within what.
     *
     * @param maxBytes what it may hold of records read but not yet handed on
     */
    record Share(List<PartitionInDemand> partitions, long maxBytes) {}

    CatchUpReader(LogReader reader, BlockIndex index, Share share, HubEnvironment environment) {
        this.reader = reader;
        this.index = index;
        this.partitions = share.partitions();
        this.environment = environment;
        this.maxBytes = share.maxBytes();
        this.leastSkip = environment.config().blockRecords() / 2;
        this.maxScans = (int) Math.max(1, Math.min(partitions.size(), maxBytes / SCAN_BYTES));
    }

    /** Asks for a chunk. Any thread. */
    void request(int partition, CatchUpRequest request) {
        incoming.add(new Asked(partition, request));
        if (closed) {
            failIncoming();
        } else {
            reader.wakeup();
        }
    }

    /** Ends those who have asked and will get no answer. Any thread once this is closed. */
    private void failIncoming() {
        for (Message message = incoming.poll(); message != null; message = incoming.poll()) {
            if (message instanceof Asked asked) {
                asked.request().fail(Ending.LOG_CHANGED);
            }
        }
    }

    /**
     * Tells that the log of a partition is another one now, so that nothing which was read of it before is given to a
     * session that asks after this call. Any thread.
     */
    void logChanged(int partition) {
        incoming.add(new Changed(partition));
    }

    /** Makes its connections and its code warm, before anybody needs them. */
    void warmUp(WarmUp warmUp) {
        warmUp.run(reader, index);
    }

    /** One round. False if there is nothing to read for anyone. */
    boolean step(Duration wait) {
        admit();
        if (!hasMembers()) {
            dropIdle();
            return !unadmitted.isEmpty();
        }
        skip();
        if (!hasMembers()) {
            return true;
        }
        if (environment.credit().isShort()) {
            settle();
            LockSupport.parkNanos(this, Math.min(wait.toNanos(), SHORT_OF_CREDIT_NANOS));
        }
        LogReader.Fetch fetch = reader.poll(wait, this::wanted);
        for (LogReader.PartitionFetch fetched : fetch.partitions()) {
            Scan scan = scans.get(fetched.partition());
            if (scan != null) {
                scan.take(fetched);
            }
        }
        for (LogReader.Lost lost : fetch.lost()) {
            forget(lost.partition());
        }
        settle();
        return true;
    }

    private Predicate<UserKey> wanted(int partition) {
        Scan scan = scans.get(partition);
        return scan == null ? user -> false : scan::wants;
    }

    /** Leaves out what certainly holds nothing for anyone, where that is more than reading on would cost. */
    private void skip() {
        boolean skippedToWindow = false;
        for (Scan scan : scans.values()) {
            long from = scan.position();
            long to = scan.windowStart();
            if (!scan.isIdle() && to - from >= leastSkip) {
                long next = index.next(scan.partition(), scan.users(), from, to);
                if (next - from >= leastSkip) {
                    scan.skipByIndex(next);
                    reader.seek(scan.partition(), next);
                    skippedToWindow |= next >= to;
                }
            }
        }
        if (skippedToWindow) {
            settle();
        }
    }

    private void forget(int partition) {
        Scan scan = scans.remove(partition);
        if (scan != null) {
            reader.drop(partition);
            scan.fail(Ending.LOG_CHANGED);
        }
    }

    private void admit() {
        for (Message message = incoming.poll(); message != null; message = incoming.poll()) {
            if (message instanceof Asked asked) {
                unadmitted.add(asked);
            } else if (message instanceof Changed changed) {
                forget(changed.partition());
            }
        }
        Iterator<Asked> waiting = unadmitted.iterator();
        while (waiting.hasNext()) {
            Asked asked = waiting.next();
            if (asked.request().isAbandoned()) {
                asked.request().abandon();
                waiting.remove();
            } else if (admit(asked)) {
                waiting.remove();
            }
        }
    }

    private boolean admit(Asked asked) {
        Scan scan = scans.get(asked.partition());
        if (scan == null) {
            if (scans.size() >= maxScans && !dropOneIdle()) {
                return false;
            }
            scan = new Scan(partitions.get(asked.partition()), asked.request().from(), environment);
            scans.put(asked.partition(), scan);
            reader.seek(asked.partition(), asked.request().from());
            reader.expect(asked.partition(), scan.windowStart());
        }
        scan.join(asked.request());
        goOn(scan);
        return true;
    }

    /** Reads for the members that a scan has, or else for those of its next round, or else not at all. */
    private void goOn(Scan scan) {
        if (scan.isIdle() && scan.hasNextRound()) {
            reader.seek(scan.partition(), scan.beginNextRound());
        }
        if (scan.isIdle()) {
            reader.pause(scan.partition());
        } else {
            reader.resume(scan.partition());
        }
    }

    private boolean hasMembers() {
        for (Scan scan : scans.values()) {
            if (!scan.isIdle()) {
                return true;
            }
        }
        return false;
    }

    private void settle() {
        long held = 0;
        for (Scan scan : scans.values()) {
            held += scan.heldBytes();
        }
        for (Scan scan : scans.values()) {
            scan.settle(held > maxBytes || environment.credit().isShort());
            goOn(scan);
        }
        dropIdle();
    }

    private void dropIdle() {
        long now = environment.nanoTime().getAsLong();
        scans.values().removeIf(scan -> {
            boolean drop = scan.isIdle() && now - scan.idleSince() > IDLE_NANOS;
            if (drop) {
                reader.drop(scan.partition());
            }
            return drop;
        });
    }

    private boolean dropOneIdle() {
        for (Scan scan : scans.values()) {
            if (scan.isIdle()) {
                reader.drop(scan.partition());
                scans.remove(scan.partition());
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        closed = true;
        failIncoming();
        unadmitted.forEach(asked -> asked.request().fail(Ending.LOG_CHANGED));
        unadmitted.clear();
        scans.values().forEach(scan -> scan.fail(Ending.LOG_CHANGED));
        scans.clear();
        index.close();
        reader.close();
    }
}
