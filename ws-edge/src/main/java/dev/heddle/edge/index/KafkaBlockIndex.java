package dev.heddle.edge.index;

import dev.heddle.edge.hub.BlockIndex;
import dev.heddle.event.UserKey;
import dev.heddle.event.index.Block;
import dev.heddle.event.index.BlockFilter;
import dev.heddle.event.index.UserHash;
import java.time.Duration;
import java.util.Collection;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread's view of the index, with a reader of its own, over the cache that all threads of the edge share.
 *
 * <p>A lookup loads the index records that it needs, within the configured time. A block whose record is not loaded by
 * then may hold any user, and so may all blocks when Kafka is away. The end of the index is asked for at most once a
 * second and partition. One thread at a time looks a partition up; others wait for it, within the same time.
 */
final class KafkaBlockIndex implements BlockIndex {
    private static final Logger log = LoggerFactory.getLogger(KafkaBlockIndex.class);
    private static final long QUIET_NANOS = Duration.ofSeconds(1).toNanos();

    /** The number of records read at once to get further back: 4 MiB at most, of 4 million offsets. */
    private static final int PIECE = 1024;

    /** The number of records read at once when one is not in the cache any more. */
    private static final int RUN = 64;

    private final IndexReader reader;
    private final IndexCache cache;
    private final Duration loadTime;

    KafkaBlockIndex(IndexReader reader, IndexCache cache, Duration loadTime) {
        this.reader = reader;
        this.cache = cache;
        this.loadTime = loadTime;
    }

    @Override
    public long next(int partition, Collection<UserKey> users, long from, long to) {
        if (from >= to) {
            return to;
        }
        long[] hashes = hashes(users);
        Deadline deadline = Deadline.in(loadTime);
        Lookup lookup = open(partition, deadline);
        if (lookup == null) {
            return from;
        }
        try (lookup) {
            lookup.extendTo(Block.startOf(from));
            long at = from;
            while (at < to) {
                BlockFilter filter = lookup.filter(Block.startOf(at), RUN);
                if (filter == null) {
                    return at;
                }
                long found = filter.next(hashes, at);
                if (found < filter.block().end()) {
                    return Math.min(found, to);
                }
                at = found;
            }
            return to;
        }
    }

    @Override
    public long previous(int partition, Collection<UserKey> users, long from, long to) {
        if (from >= to) {
            return from;
        }
        long[] hashes = hashes(users);
        Deadline deadline = Deadline.in(loadTime);
        Lookup lookup = open(partition, deadline);
        if (lookup == null) {
            return to;
        }
        try (lookup) {
            long at = to;
            while (at > from) {
                long start = Block.startOf(at - 1);
                lookup.extendTo(Math.max(Block.startOf(from), start - (long) RUN * Block.OFFSETS));
                BlockFilter filter = lookup.filter(start, -RUN);
                if (filter == null) {
                    return at;
                }
                long found = filter.previous(hashes, at);
                if (found > start) {
                    return Math.max(found, from);
                }
                at = start;
            }
            return from;
        }
    }

    private static long[] hashes(Collection<UserKey> users) {
        long[] hashes = new long[users.size()];
        int i = 0;
        for (UserKey user : users) {
            hashes[i++] = UserHash.of(user);
        }
        return hashes;
    }

    private @Nullable Lookup open(int partition, Deadline deadline) {
        BlockDirectory directory = cache.directory(partition);
        try {
            return directory.lock(deadline) ? new Lookup(partition, directory, deadline) : null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** One lookup in one partition. It holds the lock of the partition's directory. */
    private final class Lookup implements AutoCloseable {
        private final int partition;
        private final BlockDirectory directory;
        private final Deadline deadline;

        /** True if this lookup asks Kafka nothing more. */
        private boolean failed;

        Lookup(int partition, BlockDirectory directory, Deadline deadline) {
            this.partition = partition;
            this.directory = directory;
            this.deadline = deadline;
        }

        /** Loads the end of the directory, and its missing records back to a block. */
        void extendTo(long block) {
            attempt(() -> {
                if (!directory.isQuiet()) {
                    lookAtEnd();
                }
                while (directory.isCurrent() && !directory.reaches(block) && !failed) {
                    goBack(block);
                }
            });
        }

        private void lookAtEnd() {
            long end = reader.end(partition, deadline);
            if (directory.isAnotherIndexThan(end)) {
                directory.restart(reader.begin(partition, deadline), end);
            }
            directory.grown(end);
            if (directory.high() < directory.end()) {
                directory.append(load(directory.high(), directory.end()));
            }
            if (directory.isCurrent()) {
                directory.quietFor(QUIET_NANOS);
            }
        }

        private void goBack(long block) {
            long low = directory.low();
            IndexSlice read = load(directory.guess(block, PIECE), low);
            if (read.to() == low) {
                directory.prepend(read);
            }
        }

        /** The record of a block; up to {@code run} records behind it (before it, if negative) are loaded with it. */
        @Nullable
        BlockFilter filter(long block, int run) {
            long place = directory.isCurrent() ? directory.place(block) : -1;
            if (place < 0) {
                return null;
            }
            BlockFilter held = cache.get(partition, place);
            if (held == null) {
                attempt(() -> loadRun(place, run));
                held = cache.get(partition, place);
            }
            return held;
        }

        private void loadRun(long place, int run) {
            if (run > 0) {
                load(place, Math.min(directory.end(), place + run));
            } else {
                load(Math.max(directory.low(), place + 1 + run), place + 1);
            }
        }

        private IndexSlice load(long from, long to) {
            IndexSlice stretch = new IndexSlice(from);
            reader.read(partition, stretch, to, deadline);
            cache.put(partition, stretch);
            if (stretch.to() < to) {
                failed();
            }
            return stretch;
        }

        private void failed() {
            failed = true;
            directory.awayFor(QUIET_NANOS);
            cache.counts().failed();
        }

        private void attempt(Runnable load) {
            if (failed || directory.isAway()) {
                return;
            }
            try {
                load.run();
            } catch (InvalidOffsetException e) {
                directory.forget(); // the record at its place has expired
                failed();
            } catch (InterruptException e) {
                failed = true;
                Thread.currentThread().interrupt();
            } catch (KafkaException e) {
                failed();
                log.atDebug().addKeyValue("partition", partition).setCause(e).log("The index cannot be read");
            }
        }

        @Override
        public void close() {
            directory.unlock();
        }
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (InterruptException e) {
            Thread.currentThread().interrupt();
        }
    }
}
