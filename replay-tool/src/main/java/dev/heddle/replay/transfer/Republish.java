package dev.heddle.replay.transfer;

import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Partitioning;
import dev.heddle.event.UserKey;
import dev.heddle.replay.log.LogConsumer;
import dev.heddle.replay.log.OffsetRange;
import dev.heddle.replay.output.Progress;
import dev.heddle.topic.EventRecords;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The copying of a log to one with another partition count: each user's records in order and once, also after an
 * interruption. It reads from the copy where to continue, because each copied record names its origin.
 *
 * @param from the log
 * @param to the copy
 * @param ranges what is copied of each partition
 */
public record Republish(LogConsumer from, LogConsumer to, List<OffsetRange> ranges) {
    private static final int LISTED = 100;

    /**
     * The result of copying.
     *
     * @param before records that were there already
     * @param copied records that came over now
     * @param nobodys records without a user key, which belong to no partition and stay behind
     * @param misplaced records that lay in a wrong partition; a user's such records have no order among the others
     */
    public record Outcome(long before, long copied, long nobodys, long misplaced) {}

    /** Copies the missing records, one partition after the other. */
    public Outcome copy(LogWriter writer, Function<String, Progress> progress) {
        CopyState there;
        try (Progress reading = progress.apply("records of the copy")) {
            there = CopyState.read(to, from.topic().generation(), reading);
        }
        Copying copying;
        try (Progress told = progress.apply("offsets")) {
            copying = new Copying(there, writer, told);
            told.expect(ranges.stream().mapToLong(OffsetRange::length).sum());
            for (OffsetRange offsets : ranges) {
                OffsetRange left = offsets.within(there.next(offsets.partition()), offsets.to());
                told.add(left.from() - offsets.from());
                from.scan(left, copying::take);
            }
        }
        writer.flush();
        return new Outcome(there.records(), copying.copied, copying.nobodys, copying.misplaced);
    }

    /** The users with different records, or another order, in the copy than in the log; a line each. */
    public List<String> differences(Function<String, Progress> progress) {
        Map<Integer, OffsetRange> byPartition =
                ranges.stream().collect(Collectors.toMap(OffsetRange::partition, Function.identity()));
        try (Progress told = progress.apply("records compared")) {
            List<OffsetRange> copy = to.extents(to.allPartitions());
            told.expect(ranges.stream().mapToLong(OffsetRange::length).sum()
                    + copy.stream().mapToLong(OffsetRange::length).sum());
            UserDigests source = UserDigests.of(from, ranges, record -> true, told);
            UserDigests target = UserDigests.of(to, copy, record -> isOf(byPartition, record), told);
            return source.differences(target, LISTED);
        }
    }

    /**
     * True if a copied record's origin is in the ranges. Records that have expired in the log since, or were appended
     * to it later, are not compared.
     */
    private static boolean isOf(Map<Integer, OffsetRange> ranges, ConsumerRecord<byte[], byte[]> record) {
        RecordOrigin origin = RecordOrigin.in(record.headers());
        if (origin == null) {
            return false;
        }
        OffsetRange offsets = ranges.get(origin.partition());
        return offsets != null && origin.offset() >= offsets.from() && origin.offset() < offsets.to();
    }

    /** The state of one run of copying. */
    private final class Copying {
        private final CopyState there;
        private final LogWriter writer;
        private final int targets = to.topic().generation().partitions();
        private final int sources = from.topic().generation().partitions();
        private final Progress told;
        private long copied;
        private long nobodys;
        private long misplaced;

        Copying(CopyState there, LogWriter writer, Progress told) {
            this.told = told;
            this.there = there;
            this.writer = writer;
        }

        boolean take(ConsumerRecord<byte[], byte[]> record) {
            told.add(1);
            UserKey user;
            try {
                user = EventRecords.user(record);
            } catch (InvalidEventException e) {
                nobodys++;
                return true;
            }
            if (Partitioning.partitionOf(user, sources) != record.partition()) {
                misplaced++;
            }
            if (!there.has(Partitioning.partitionOf(user, targets), record.partition(), record.offset())) {
                RecordOrigin origin = RecordOrigin.of(from.topic().generation(), record.partition(), record.offset());
                writer.put(user, record.value(), List.of(origin.with(record.headers())));
                copied++;
            }
            return true;
        }
    }
}
