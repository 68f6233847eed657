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
 * One pass over a range of a partition for all sessions that catch up there: each record is read once and given to the
 * requests of its user.
 *
 * <p>A request whose offset lies behind the pass waits for the next round, unless the last poll still covers it: its
 * records are kept until the next poll, so a session that takes chunk after chunk causes no second reading. Owned by
 * its {@link CatchUpReader}'s thread.
 */
final class Scan {
    /** The time that a chunk which is not full waits for more records, for each member of the round. */
    private static final long PARTIAL_AFTER_NANOS = 20_000_000;

    private static final long PARTIAL_AT_MOST_NANOS = 1_000_000_000;

    private final HubPartition partition;
    private final HubEnvironment environment;
    private final Map<UserKey, List<CatchUpRequest>> members = new HashMap<>();
    private final ArrayList<CatchUpRequest> nextRound = new ArrayList<>();
    private List<LogRecord> lastRead = List.of();
    private Set<UserKey> lastReadFor = Set.of();
    private long lastReadFrom;
    private long position;
    private int leaderEpoch = -1;
    private long idleSince;
    private boolean byIndex;

    Scan(HubPartition partition, long from, HubEnvironment environment) {
        this.partition = partition;
        this.environment = environment;
        this.position = from;
        this.lastReadFrom = from;
    }

    int partition() {
        return partition.partition();
    }

    /** The next offset to read. */
    long position() {
        return position;
    }

    boolean isIdle() {
        return members.isEmpty();
    }

    boolean hasNextRound() {
        return !nextRound.isEmpty();
    }

    /** The time at which the last member left, in ns; defined while idle. */
    long idleSince() {
        return idleSince;
    }

    /** Adds a request: to this round if that can serve it without going back, else to the next one. */
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

    /** Begins the next round at the lowest offset of its members; returns that offset. */
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

    /** True if this round reads for this user. */
    boolean wants(UserKey user) {
        return members.containsKey(user);
    }

    /** The users of this round. */
    Collection<UserKey> users() {
        return members.keySet();
    }

    /** Goes on at a later offset, before which the members have no record. */
    void skipTo(long next) {
        position = next;
        lastReadFrom = next;
        lastRead = List.of();
        lastReadFor = Set.of();
        leaderEpoch = -1;
        byIndex = false;
    }

    /** Goes on at a later offset that the index has given. */
    void skipByIndex(long next) {
        environment.observer().indexSkipped(next - position);
        skipTo(next);
        byIndex = true;
    }

    /** Gives the records of a poll to the members. */
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
        if (byIndex && !found && records > 0) {
            environment.observer().indexMistaken();
        }
        byIndex = false;
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
        // A member that comes back for the rest finds that the round has gone on, and needs another round.
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
        request.advanceTo(position, leaderEpoch);
        request.handOver(environment.observer());
    }

    /** The start of the partition's window by now; 0 while there is none. */
    long windowStart() {
        Window window = partition.window();
        return window == null ? 0 : window.start().offset();
    }

    /** The size of this scan's chunks, in bytes. */
    long heldBytes() {
        long held = 0;
        for (List<CatchUpRequest> ofUser : members.values()) {
            for (CatchUpRequest request : ofUser) {
                held += request.bytes();
            }
        }
        return held;
    }

    /** Ends all members, also those of the next round. */
    void fail(EndReason reason) {
        Consumer<CatchUpRequest> end = request -> request.fail(reason);
        members.values().forEach(ofUser -> ofUser.forEach(end));
        members.clear();
        nextRound.forEach(end);
        nextRound.clear();
    }
}
