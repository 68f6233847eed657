package dev.heddle.replay.transfer;

import dev.heddle.event.Generation;
import dev.heddle.replay.log.LogConsumer;
import dev.heddle.replay.log.OffsetRange;
import dev.heddle.replay.log.PartitionSweep;
import dev.heddle.replay.log.ReplayException;
import dev.heddle.replay.output.Progress;
import dev.heddle.topic.PartitionPass;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The state of a log's copy, read from the copy itself: for each pair of partitions of the copy and the log, the last
 * copied offset. Copying from one partition into another keeps the order, so all earlier records are copied too.
 */
final class CopyState {
    private final long[][] last;
    private final AtomicLong records = new AtomicLong();

    private CopyState(int targets, int sources) {
        last = new long[targets][sources];
        for (long[] each : last) {
            Arrays.fill(each, -1);
        }
    }

    /** Reads the copy; fails if it holds a record from elsewhere. */
    static CopyState read(LogConsumer copy, Generation source, Progress progress) {
        int targets = copy.topic().generation().partitions();
        CopyState copied = new CopyState(targets, source.partitions());
        List<OffsetRange> all = copy.extents(copy.allPartitions());
        progress.expect(all.stream().mapToLong(OffsetRange::length).sum());
        PartitionSweep.of(copy).each(all, (reader, offsets) -> {
            reader.scan(offsets, new PartitionPass.Visitor() {
                @Override
                public boolean visit(ConsumerRecord<byte[], byte[]> record) {
                    copied.take(record, source);
                    progress.add(1);
                    return true;
                }
            });
            return offsets;
        });
        return copied;
    }

    private void take(ConsumerRecord<byte[], byte[]> record, Generation source) {
        RecordOrigin origin = RecordOrigin.in(record.headers());
        if (origin == null || !origin.topicId().equals(source.topicId()) || origin.partition() >= source.partitions()) {
            throw new ReplayException("partition " + record.partition() + " of the copy holds at offset "
                    + record.offset() + " what was not republished from this log");
        }
        last[record.partition()][origin.partition()] = origin.offset(); // ascending, in one thread a partition
        records.incrementAndGet();
    }

    /** The number of records in the copy. */
    long records() {
        return records.get();
    }

    /** True if the copy holds this record of the log. */
    boolean has(int target, int source, long offset) {
        return offset <= last[target][source];
    }

    /** The first offset of a partition of the log that may be missing from the copy. */
    long next(int source) {
        return Arrays.stream(last).mapToLong(each -> each[source]).min().orElse(-1) + 1;
    }
}
