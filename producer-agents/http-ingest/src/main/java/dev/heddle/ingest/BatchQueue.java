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
 * The batches that wait for one partition. Users take turns, the batches of a run come one after the other, and the
 * waiting bytes are bounded, for a user and in all. Safe on any thread.
 *
 * <p>A batch that is sent again while it waits joins its first copy. A batch that overlaps with a waiting one and
 * agrees with it waits behind it. Any other batch of that run is a second sender's and is refused.
 */
final class BatchQueue {

    /**
     * A group ends with the batch that makes it this large, so that a batch waits for at most this much and one more
     * batch at a time.
     */
    private static final long GROUP_BYTES = 1 << 20;

    private static final int GROUP_BATCHES = 64;

    /** The longest wait of a batch until its first request has set its own. */
    private static final Duration FIRST = Duration.ofMinutes(1);

    /** Batches of one run that may wait behind each other. */
    private static final int RUN_BATCHES = 16;

    private final IngestConfig.Waiting limits;

    /** The users with a ready batch, in the order of their turns. Guarded by this object, as are the fields below. */
    private final Map<UserKey, UserQueue> turns = new LinkedHashMap<>();

    private final Map<UserKey, UserQueue> queues = new HashMap<>();
    private final Map<Batch.RunKey, Deque<QueuedBatch>> runs = new HashMap<>();
    private long bytes;
    private boolean working;

    /** The waiting batches of one user. */
    private static final class UserQueue {
        private final Deque<QueuedBatch> ready = new ArrayDeque<>();
        private long bytes;
    }

    BatchQueue(IngestConfig.Waiting limits) {
        this.limits = limits;
    }

    /** The outcome of offering a batch. */
    sealed interface Offer {
        /** The batch waits, perhaps joined with a copy that waits already. */
        record Waits(QueuedBatch batch) implements Offer {}

        /** The batch is refused. */
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

    /** Removes a batch that is done; the next one of its run is ready. */
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

    /** Removes a batch and those of its run that wait behind it, and returns them all. */
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

    /** The stored bytes of all waiting batches. */
    synchronized long bytes() {
        return bytes;
    }
}
