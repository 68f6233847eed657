package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One pass over a stretch of a partition for all the sessions that want it: each record is read once, and given to
 * those whose user it is; others' are passed over.
 *
 * <p>A session whose offset lies behind the pass waits for the next round, unless what was read last still covers it:
 * that is kept until the next poll, so that a session that takes chunk after chunk makes nobody read twice. Owned by
 * its {@link CatchUpReader}'s thread.
 */
final class Scan {
    /** How long a chunk that is not full waits for more: so long for each member, at most that long. */
    private static final long PARTIAL_AFTER_NANOS = 20_000_000;

    private static final long PARTIAL_AT_MOST_NANOS = 1_000_000_000;

    private final PartitionInDemand partition;
    private final HubEnvironment environment;
    private final Map<UserKey, List<CatchUpRequest>> members = new HashMap<>();
    private final ArrayList<CatchUpRequest> nextRound = new ArrayList<>();
    private List<LogRecord> lastRead = List.of();
    private Set<UserKey> lastReadFor = Set.of();
    private long lastReadFrom;
    private long position;
    private int leaderEpoch = -1;
    private long idleSince;
    private boolean pointedTo;

    Scan(PartitionInDemand partition, long from, HubEnvironment environment) {
        this.partition = partition;
        this.environment = environment;
        this.position = from;
        this.lastReadFrom = from;
    }

    int partition() {
        return partition.partition();
    }

    /** Where reading goes on. */
    long position() {
        return position;
    }

    boolean isIdle() {
        return members.isEmpty();
    }

    boolean hasNextRound() {
        return !nextRound.isEmpty();
    }

    /** When the last member left; meaningful while idle. */
    long idleSince() {
        return idleSince;
    }

    /** Takes a request in: into this round if it can be served without going back, else into the next one. */
    void join(CatchUpRequest request) {
        long covered = lastReadFor.contains(request.user()) ? lastReadFrom : position;
        if (request.from() < covered || (members.isEmpty() && request.from() > position)) {
            nextRound.add(request);
            return;
        }
        long now = environment.nanoTime().getAsLong();
        for (LogRecord record : lastRead) {
            if (record.user().equals(request.user()) && !request.offer(record, now)) {
                request.handOver(environment.observer());
                return;
            }
        }
        if (position >= windowStart()) {
            finish(request);
            return;
        }
        members.computeIfAbsent(request.user(), user -> new ArrayList<>(1)).add(request);
    }

    /** Begins the next round where its furthest member needs it; returns the offset to read from. */
    long beginNextRound() {
        long from = Long.MAX_VALUE;
        for (CatchUpRequest request : nextRound) {
            from = Math.min(from, request.from());
        }
        skipTo(from);
        List<CatchUpRequest> round = List.copyOf(nextRound);
        nextRound.clear();
        round.forEach(this::join);
        return from;
    }

    /** Whether this round reads for this user. */
    boolean wants(UserKey user) {
        return members.containsKey(user);
    }

    /** Who this round reads for. */
    Collection<UserKey> users() {
        return members.keySet();
    }

    /** Goes on further ahead: nothing of the members lies before. */
    void skipTo(long next) {
        position = next;
        lastReadFrom = next;
        lastRead = List.of();
        lastReadFor = Set.of();
        leaderEpoch = -1;
        pointedTo = false;
    }

    /** Goes on where the index says that there is something. */
    void skipByIndex(long next) {
        environment.observer().indexSkipped(next - position);
        skipTo(next);
        pointedTo = true;
    }

    /** Distributes what was read. */
    void take(LogReader.PartitionFetch fetched) {
        lastRead = fetched.records();
        lastReadFor = Set.copyOf(members.keySet());
        lastReadFrom = position;
        position = fetched.next().offset();
        leaderEpoch = fetched.next().leaderEpoch();
        long now = environment.nanoTime().getAsLong();
        long bytes = fetched.passed().bytes();
        int records = lastRead.size() + fetched.passed().records();
        boolean found = false;
        for (LogRecord record : lastRead) {
            bytes += record.logBytes();
            List<CatchUpRequest> ofUser = members.get(record.user());
            if (ofUser != null) {
                found = true;
                offer(record, ofUser, now);
            }
        }
        if (pointedTo && !found && records > 0) {
            environment.observer().indexMistaken();
        }
        pointedTo = false;
        environment.observer().catchUpScanned(partition(), records, bytes);
    }

    private void offer(LogRecord record, List<CatchUpRequest> ofUser, long now) {
        ofUser.removeIf(request -> {
            boolean full = !request.offer(record, now);
            if (full) {
                request.handOver(environment.observer());
            }
            return full;
        });
        if (ofUser.isEmpty()) {
            members.remove(record.user());
        }
    }

    /** Hands over the chunks that need not wait: all of them at the window, or when memory is short. */
    void settle(boolean hurried) {
        boolean atWindow = position >= windowStart();
        long now = environment.nanoTime().getAsLong();
        // Who comes back for the rest finds that the others' round has gone on, and makes a further one necessary.
        long patience = Math.min(PARTIAL_AT_MOST_NANOS, PARTIAL_AFTER_NANOS * members.size());
        Iterator<List<CatchUpRequest>> users = members.values().iterator();
        while (users.hasNext()) {
            List<CatchUpRequest> ofUser = users.next();
            ofUser.removeIf(request -> {
                if (dropped(request)) {
                    return true;
                }
                boolean due = atWindow || (hurried && !request.isEmpty()) || request.isDue(now, patience);
                if (due) {
                    finish(request);
                }
                return due;
            });
            if (ofUser.isEmpty()) {
                users.remove();
            }
        }
        nextRound.removeIf(Scan::dropped);
        if (members.isEmpty()) {
            idleSince = now;
        }
    }

    private static boolean dropped(CatchUpRequest request) {
        boolean abandoned = request.isAbandoned();
        if (abandoned) {
            request.abandon();
        }
        return abandoned;
    }

    private void finish(CatchUpRequest request) {
        request.reach(position, leaderEpoch);
        request.handOver(environment.observer());
    }

    /** Where the partition's window begins by now; everything lies before it while there is none. */
    long windowStart() {
        Window window = partition.window();
        return window == null ? 0 : window.start().offset();
    }

    /** What the chunks of this scan hold, in bytes. */
    long heldBytes() {
        long held = 0;
        for (List<CatchUpRequest> ofUser : members.values()) {
            for (CatchUpRequest request : ofUser) {
                held += request.bytes();
            }
        }
        return held;
    }

    /** Ends everyone who waits here. */
    void fail(Ending ending) {
        Consumer<CatchUpRequest> end = request -> request.fail(ending);
        members.values().forEach(ofUser -> ofUser.forEach(end));
        members.clear();
        nextRound.forEach(end);
        nextRound.clear();
    }
}
