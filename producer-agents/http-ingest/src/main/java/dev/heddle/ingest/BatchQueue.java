package dev.heddle.ingest;

import dev.heddle.event.UserKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The batches that wait for one partition. Users take turns, the batches of a run come one after the other, and what
 * waits is bounded in bytes, for a user and in all. Safe on any thread.
 *
 * <p>The same batch that is sent again while the first is on its way joins it. One that overlaps with it and says the
 * same waits behind it. Any other batch of that run is a second sender's.
 */
final class BatchQueue {

    /**
     * A group ends with the batch that makes it this large, so that nobody's batch waits for more than that and one
     * batch.
     */
    private static final long GROUP_BYTES = 1 << 20;

    private static final int GROUP_BATCHES = 64;

    /** Between its offer and its first request's saying so, a batch waits for at most this. */
    private static final Duration FIRST = Duration.ofMinutes(1);

    /** Batches of one run that may wait behind each other. */
    private static final int RUN_BATCHES = 16;

    private final IngestConfig.Waiting limits;

    /**
     * Users with batches, those with one that is ready in the order of their turns. Guarded by this, as all that
     * follows.
     */
    private final Map<UserKey, UserQueue> turns = new LinkedHashMap<>();

    private final Map<UserKey, UserQueue> queues = new HashMap<>();
    private final Map<Batch.RunKey, Deque<QueuedBatch>> runs = new HashMap<>();
    private long bytes;
    private boolean working;

    /** What waits of one user. */
    private static final class UserQueue {
        private final Deque<QueuedBatch> ready = new ArrayDeque<>();
        private long bytes;
    }

    BatchQueue(IngestConfig.Waiting limits) {
        this.limits = limits;
    }

    /** What becomes of a batch that comes. */
    sealed interface Offer {
        /** It waits, perhaps as the same one that waits already. */
        record Waits(QueuedBatch batch) implements Offer {}

        /** It does not. */
        record Refused(IngestResponse.Refused answer) implements Offer {}
    }

    synchronized Offer offer(Batch batch) {
        Batch.RunKey run = batch.address().run();
        Deque<QueuedBatch> before = runs.get(run);
        if (before != null) {
            for (QueuedBatch waiting : before) {
                if (waiting.batch().isSame(batch)) {
                    return new Offer.Waits(waiting);
                }
            }
            if (before.stream().noneMatch(waiting -> waiting.batch().overlaps(batch))
                    || before.stream().anyMatch(waiting -> waiting.batch().contradicts(batch))) {
                return refused(
                        IngestResponse.Reason.CONFLICT,
                        "another batch of this run is being appended: one sender a run");
            }
            if (before.size() >= RUN_BATCHES) {
                return refused(
                        IngestResponse.Reason.BUSY, "too many batches of this run wait: send the batch again later");
            }
        }
        QueuedBatch waiting = new QueuedBatch(batch, FIRST);
        UserQueue queue = queues.get(batch.address().user());
        if (bytes > 0 && bytes + waiting.bytes() > limits.partitionBytes()) {
            return refused(IngestResponse.Reason.BUSY, "too much waits for this partition: send the batch again later");
        }
        if (queue != null && queue.bytes + waiting.bytes() > limits.userBytes()) {
            return refused(IngestResponse.Reason.BUSY, "too much of this user waits: send the batch again later");
        }
        add(waiting);
        return new Offer.Waits(waiting);
    }

    private static Offer refused(IngestResponse.Reason reason, String message) {
        return new Offer.Refused(IngestResponse.Refused.of(reason, message));
    }

    private void add(QueuedBatch waiting) {
        Batch.Address address = waiting.batch().address();
        UserQueue queue = queues.computeIfAbsent(address.user(), user -> new UserQueue());
        queue.bytes += waiting.bytes();
        bytes += waiting.bytes();
        Deque<QueuedBatch> run = runs.computeIfAbsent(address.run(), key -> new ArrayDeque<>());
        run.add(waiting);
        if (run.size() == 1) {
            ready(waiting, queue);
        }
    }

    private void ready(QueuedBatch waiting, UserQueue queue) {
        queue.ready.add(waiting);
        turns.putIfAbsent(waiting.batch().address().user(), queue);
    }

    /** True if the caller must start to work on the queue. */
    synchronized boolean begin() {
        boolean begins = !working && !turns.isEmpty();
        working |= begins;
        return begins;
    }

    /** True if nothing is ready and the caller stops its work. */
    synchronized boolean stop() {
        working = !turns.isEmpty();
        return !working;
    }

    /** The next batches, of different runs; one of each user in turn. */
    synchronized List<QueuedBatch> next() {
        List<QueuedBatch> group = new ArrayList<>();
        long size = 0;
        while (!turns.isEmpty() && group.size() < GROUP_BATCHES && size < GROUP_BYTES) {
            Map.Entry<UserKey, UserQueue> turn = turns.entrySet().iterator().next();
            turns.remove(turn.getKey());
            QueuedBatch waiting = turn.getValue().ready.remove();
            if (!turn.getValue().ready.isEmpty()) {
                turns.put(turn.getKey(), turn.getValue());
            }
            group.add(waiting);
            size += waiting.bytes();
        }
        return group;
    }

    /** The batch is out of the way: the next one of its run is ready. */
    synchronized void done(QueuedBatch waiting) {
        Batch.RunKey key = waiting.batch().address().run();
        Deque<QueuedBatch> run = runs.get(key);
        if (run == null || run.peek() != waiting) {
            return;
        }
        run.remove();
        UserQueue queue = release(waiting);
        QueuedBatch next = run.peek();
        if (next == null) {
            runs.remove(key);
        } else {
            ready(next, queue);
        }
    }

    /** The same, and so are those that wait behind it; gives them all. */
    synchronized List<QueuedBatch> abandon(QueuedBatch waiting) {
        Deque<QueuedBatch> run = runs.get(waiting.batch().address().run());
        if (run == null || run.peek() != waiting) {
            return List.of();
        }
        runs.remove(waiting.batch().address().run());
        run.forEach(this::release);
        return List.copyOf(run);
    }

    private UserQueue release(QueuedBatch waiting) {
        UserKey user = waiting.batch().address().user();
        UserQueue queue = queues.computeIfAbsent(user, missing -> new UserQueue());
        bytes -= waiting.bytes();
        queue.bytes -= waiting.bytes();
        if (queue.bytes <= 0) {
            queues.remove(user);
        }
        return queue;
    }

    /** Bytes of all that waits. */
    synchronized long bytes() {
        return bytes;
    }
}
