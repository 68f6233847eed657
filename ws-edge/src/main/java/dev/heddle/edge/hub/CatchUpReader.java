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
 * A reader of the log for sessions whose offset lies before the window. It has a Kafka reader of its own, so the tail
 * never waits for it, and serves some of the partitions, several at once.
 *
 * <p>One thread calls {@link #step}; {@link #request} is for any. Its memory is bounded: a scan keeps one poll of one
 * partition, there are only as many scans as fit the budget, and chunks are handed over early when they exceed it.
 */
final class CatchUpReader implements AutoCloseable {
    /** The most that one scan holds of records read, in bytes: a partition's part of a poll, twice. */
    private static final int SCAN_BYTES = 3 << 20;

    /** The time that a scan without members is kept: the next chunk is usually requested at once. */
    private static final long IDLE_NANOS = 500_000_000;

    /** The most that a round waits while sessions wait for credit: no session could take its records. */
    private static final long SHORT_OF_CREDIT_NANOS = 5_000_000;

    private final LogReader reader;
    private final BlockIndex index;
    private final HubEnvironment environment;
    private final List<HubPartition> partitions;
    private final long maxBytes;
    private final int maxScans;
    private final int leastSkip;

    private final ConcurrentLinkedQueue<Message> incoming = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Requested> unadmitted = new ArrayDeque<>();
    private final Map<Integer, Scan> scans = new HashMap<>();
    private volatile boolean closed;

    private sealed interface Message {}

    private record Requested(int partition, CatchUpRequest request) implements Message {}

    private record LogChanged(int partition) implements Message {}

    /**
     * A reader without requests.
     *
     * @param partitions by number
     * @param maxBytes bound of the records read but not yet handed over
     */
    CatchUpReader(
            LogReader reader,
            BlockIndex index,
            List<HubPartition> partitions,
            long maxBytes,
            HubEnvironment environment) {
        this.reader = reader;
        this.index = index;
        this.partitions = partitions;
        this.environment = environment;
        this.maxBytes = maxBytes;
        this.leastSkip = environment.config().blockRecords() / 2;
        this.maxScans = (int) Math.max(1, Math.min(partitions.size(), maxBytes / SCAN_BYTES));
    }

    /** Requests a chunk. Any thread. */
    void request(int partition, CatchUpRequest request) {
        incoming.add(new Requested(partition, request));
        if (closed) {
            failIncoming();
        } else {
            reader.wakeup();
        }
    }

    /** Ends the sessions whose requests get no answer. Any thread, once this is closed. */
    private void failIncoming() {
        for (Message message = incoming.poll(); message != null; message = incoming.poll()) {
            if (message instanceof Requested requested) {
                requested.request().fail(EndReason.LOG_CHANGED);
            }
        }
    }

    /**
     * Drops all records read of a partition whose log was replaced or truncated: no request after this call gets one.
     * Any thread.
     */
    void logChanged(int partition) {
        incoming.add(new LogChanged(partition));
    }

    /** Makes its connections, and its code warm, before the first request. */
    void warmUp(WarmUp warmUp) {
        warmUp.run(reader, index);
    }

    /** One round. False if there was nothing to read. */
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

    /** Skips blocks that hold no record of the members, where skipping costs less than reading. */
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
            scan.fail(EndReason.LOG_CHANGED);
        }
    }

    private void admit() {
        for (Message message = incoming.poll(); message != null; message = incoming.poll()) {
            if (message instanceof Requested requested) {
                unadmitted.add(requested);
            } else if (message instanceof LogChanged changed) {
                forget(changed.partition());
            }
        }
        Iterator<Requested> waiting = unadmitted.iterator();
        while (waiting.hasNext()) {
            Requested requested = waiting.next();
            if (requested.request().isAbandoned()) {
                requested.request().abandon();
                waiting.remove();
            } else if (admit(requested)) {
                waiting.remove();
            }
        }
    }

    private boolean admit(Requested requested) {
        Scan scan = scans.get(requested.partition());
        if (scan == null) {
            if (scans.size() >= maxScans && !dropOneIdle()) {
                return false;
            }
            scan = new Scan(
                    partitions.get(requested.partition()), requested.request().from(), environment);
            scans.put(requested.partition(), scan);
            reader.seek(requested.partition(), requested.request().from());
            reader.expect(requested.partition(), scan.windowStart());
        }
        scan.join(requested.request());
        readOn(scan);
        return true;
    }

    /** Reads for the scan's members, or else for those of its next round, or else pauses the partition. */
    private void readOn(Scan scan) {
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
            readOn(scan);
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
        unadmitted.forEach(requested -> requested.request().fail(EndReason.LOG_CHANGED));
        unadmitted.clear();
        scans.values().forEach(scan -> scan.fail(EndReason.LOG_CHANGED));
        scans.clear();
        index.close();
        reader.close();
    }
}
