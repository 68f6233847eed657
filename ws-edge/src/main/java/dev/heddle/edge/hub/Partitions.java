package dev.heddle.edge.hub;

import java.util.List;
import java.util.stream.IntStream;

/**
 * All the partitions of the log, and the one budget that their windows share.
 *
 * @param all by number
 */
record Partitions(List<PartitionInDemand> all, ByteBudget windowBytes) {
    static Partitions of(int count, int joinRecords, ByteBudget windowBytes) {
        return new Partitions(
                IntStream.range(0, count)
                        .mapToObj(number -> new PartitionInDemand(number, joinRecords))
                        .toList(),
                windowBytes);
    }
}
