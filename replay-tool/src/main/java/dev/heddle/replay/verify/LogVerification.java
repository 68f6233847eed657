package dev.heddle.replay.verify;

import dev.heddle.replay.log.LogConsumer;
import dev.heddle.replay.log.OffsetRange;
import dev.heddle.replay.log.PartitionSweep;
import dev.heddle.replay.output.Progress;
import dev.heddle.topic.PartitionPass;
import dev.heddle.topic.UnreadableRange;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The verification of a range of the log, its partitions in parallel.
 *
 * @param wanted which records are judged; the others are passed over
 * @param silentSince a run without an end is a finding if nothing of it came since, in milliseconds since the epoch
 * @param longestSilence the longest silence of a run in milliseconds: one whose first event comes later than that after
 *     the beginning of what is read cannot have begun before it
 */
public record LogVerification(
        Predicate<ConsumerRecord<byte[], byte[]>> wanted,
        long silentSince,
        long longestSilence,
        Findings findings,
        Progress progress) {

    /** Verifies these ranges. */
    public PartitionCounts run(LogConsumer log, List<OffsetRange> ranges) {
        progress.expect(ranges.stream().mapToLong(OffsetRange::length).sum());
        return PartitionSweep.of(log).each(ranges, this::check).stream()
                .reduce(PartitionCounts.NONE, PartitionCounts::plus);
    }

    private PartitionCounts check(LogConsumer log, OffsetRange offsets) {
        PartitionIndex index = new PartitionIndex();
        log.readIndex(offsets.partition(), index::add);
        PartitionCheck check =
                new PartitionCheck(offsets, log.topic().generation().partitions(), index, longestSilence, findings);
        log.scan(offsets, new PartitionPass.Visitor() {
            private long at = offsets.from();

            @Override
            public boolean visit(ConsumerRecord<byte[], byte[]> record) {
                check.begins(record.timestamp());
                if (wanted.test(record)) {
                    check.take(record);
                }
                return true;
            }

            @Override
            public void unreadable(UnreadableRange range) {
                findings.add(new Finding(
                        Fault.UNREADABLE,
                        range.partition().partition(),
                        range.from(),
                        null,
                        "offsets " + range.from() + " to " + (range.to() - 1) + " cannot be read: " + range.reason()));
            }

            @Override
            public long reached(long offset) {
                progress.add(offset - at);
                at = offset;
                return offset;
            }
        });
        return check.finish(silentSince);
    }
}
