package dev.heddle.replay.log;

import dev.heddle.event.Partitioning;
import dev.heddle.event.UserKey;
import dev.heddle.event.index.Block;
import dev.heddle.topic.PartitionPass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * One user's records in a range of the log, read with the help of the index. For the thread of its reader.
 *
 * @param offsets the range, in the user's own partition
 * @param index what may be skipped
 */
public record UserEvents(LogConsumer log, UserKey user, OffsetRange offsets, UserIndex index) {
    /** The largest step of a backward scan in offsets; the first step is one block, and steps grow. */
    private static final long LARGEST_STEP = 64L * Block.OFFSETS;

    /** The use of the index. */
    public enum Skipping {
        BY_INDEX,
        NEVER
    }

    /** The user's records in a range; loads the index. */
    public static UserEvents between(LogConsumer log, UserKey user, Range range, Skipping skipping) {
        int partition = partitionOf(log, user);
        if (range.from() instanceof RangeBound.After after) {
            RangeBound.check(after.cursor(), log, user);
        }
        OffsetRange offsets = range.in(partition, log);
        UserIndex index = skipping == Skipping.BY_INDEX && offsets.length() > Block.OFFSETS
                ? log.indexOf(user, partition)
                : UserIndex.none();
        return new UserEvents(log, user, offsets, index);
    }

    /** The partition that holds this user's records. */
    public static int partitionOf(LogConsumer log, UserKey user) {
        return Partitioning.partitionOf(user, log.topic().generation().partitions());
    }

    /** Visits the user's records in order. */
    public void visit(PartitionPass.Visitor visitor) {
        log.scan(offsets, index, new PartitionPass.Visitor() {
            @Override
            public boolean visit(ConsumerRecord<byte[], byte[]> record) {
                return !Arrays.equals(user.utf8(), record.key()) || visitor.visit(record);
            }

            @Override
            public long reached(long offset) {
                return visitor.reached(offset);
            }
        });
    }

    /**
     * The user's last wanted records, at most {@code count}, in order. It scans backwards in growing steps, to read
     * little more than it must.
     *
     * @param wanted what is to be kept of a record, or nothing
     */
    public <T> List<T> last(int count, Function<ConsumerRecord<byte[], byte[]>, Optional<T>> wanted) {
        List<List<T>> latestFirst = new ArrayList<>();
        int found = 0;
        long step = Block.OFFSETS;
        long to = offsets.to();
        while (found < count) {
            to = index.previous(offsets.from(), to);
            if (to <= offsets.from()) {
                break;
            }
            long from = Math.max(offsets.from(), Block.startOf(to - 1) - step + Block.OFFSETS);
            List<T> here = new ArrayList<>();
            new UserEvents(log, user, new OffsetRange(offsets.partition(), from, to), index).visit(record -> {
                wanted.apply(record).ifPresent(here::add);
                return true;
            });
            found += here.size();
            latestFirst.add(here);
            to = from;
            step = Math.min(LARGEST_STEP, step * 2);
        }
        Collections.reverse(latestFirst);
        List<T> all = latestFirst.stream().flatMap(List::stream).toList();
        return all.subList(Math.max(0, all.size() - count), all.size());
    }
}
