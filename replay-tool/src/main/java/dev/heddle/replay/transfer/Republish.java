package dev.heddle.replay.transfer;

import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Partitioning;
import dev.heddle.event.UserKey;
import dev.heddle.replay.log.LogReader;
import dev.heddle.replay.log.Stretch;
import dev.heddle.replay.output.Progress;
import dev.heddle.replay.output.Records;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The copying of a log into one of another partition count: each user's records in their order, each once, whatever
 * ended an earlier copying. Where to go on is read from the copy, whose records say where they come from.
 *
 * @param from the log
 * @param to the copy
 * @param stretches what is copied of each partition
 */
public record Republish(LogReader from, LogReader to, List<Stretch> stretches) {
    private static final int LISTED = 100;

    /**
     * The result.
     *
     * @param before records that were there already
     * @param copied records that came over now
     * @param nobodys records without a user key, which belong to no partition and stay behind
     * @param misplaced records that lay in a wrong partition; a user's such records have no order among the others
     */
    public record Outcome(long before, long copied, long nobodys, long misplaced) {}

    /** Copies what is not there yet, one partition after the other. */
    public Outcome copy(LogWriter writer, Function<String, Progress> progress) {
        Copied there;
        try (Progress reading = progress.apply("records of the copy")) {
            there = Copied.read(to, from.topic().generation(), reading);
        }
        Copying copying;
        try (Progress told = progress.apply("offsets")) {
            copying = new Copying(there, writer, told);
            told.expect(stretches.stream().mapToLong(Stretch::length).sum());
            for (Stretch stretch : stretches) {
                Stretch left = stretch.within(there.next(stretch.partition()), stretch.to());
                told.add(left.from() - stretch.from());
                from.scan(left, copying::take);
            }
        }
        writer.flush();
        return new Outcome(there.records(), copying.copied, copying.nobodys, copying.misplaced);
    }

    /** The users whose records in the copy are not those in the log, in their order; a line each. */
    public List<String> differences(Function<String, Progress> progress) {
        Map<Integer, Stretch> byPartition =
                stretches.stream().collect(Collectors.toMap(Stretch::partition, Function.identity()));
        try (Progress told = progress.apply("records compared")) {
            List<Stretch> copy = to.extents(to.allPartitions());
            told.expect(stretches.stream().mapToLong(Stretch::length).sum()
                    + copy.stream().mapToLong(Stretch::length).sum());
            UserDigests source = UserDigests.of(from, stretches, record -> true, told);
            UserDigests target = UserDigests.of(to, copy, record -> isOf(byPartition, record), told);
            return source.differences(target, LISTED);
        }
    }

    /** Compares without records that have expired in the log since they were copied, or were appended to it since. */
    private static boolean isOf(Map<Integer, Stretch> stretches, ConsumerRecord<byte[], byte[]> record) {
        Origin origin = Origin.in(record.headers());
        if (origin == null) {
            return false;
        }
        Stretch stretch = stretches.get(origin.partition());
        return stretch != null && origin.offset() >= stretch.from() && origin.offset() < stretch.to();
    }

    /** One copying. */
    private final class Copying {
        private final Copied there;
        private final LogWriter writer;
        private final int targets = to.topic().generation().partitions();
        private final int sources = from.topic().generation().partitions();
        private final Progress told;
        private long copied;
        private long nobodys;
        private long misplaced;

        Copying(Copied there, LogWriter writer, Progress told) {
            this.told = told;
            this.there = there;
            this.writer = writer;
        }

        boolean take(ConsumerRecord<byte[], byte[]> record) {
            told.add(1);
            UserKey user;
            try {
                user = Records.user(record);
            } catch (InvalidEventException e) {
                nobodys++;
                return true;
            }
            if (Partitioning.partitionOf(user, sources) != record.partition()) {
                misplaced++;
            }
            if (!there.has(Partitioning.partitionOf(user, targets), record.partition(), record.offset())) {
                Origin origin = Origin.of(from.topic().generation(), record.partition(), record.offset());
                writer.put(user, record.value(), List.of(origin.with(record.headers())));
                copied++;
            }
            return true;
        }
    }
}
