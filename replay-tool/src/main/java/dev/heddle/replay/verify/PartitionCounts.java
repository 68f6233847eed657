package dev.heddle.replay.verify;

/**
 * How much was judged.
 *
 * @param open runs without an end yet
 * @param checkedByIndex records that lie in a block with an index record
 */
public record PartitionCounts(long records, long users, long runs, long open, long checkedByIndex) {
    static final PartitionCounts NONE = new PartitionCounts(0, 0, 0, 0, 0);

    PartitionCounts plus(PartitionCounts other) {
        return new PartitionCounts(
                records + other.records,
                users + other.users,
                runs + other.runs,
                open + other.open,
                checkedByIndex + other.checkedByIndex);
    }
}
