package dev.heddle.replay.verify;

/**
 * The counts of a verification.
 *
 * @param open runs without an end yet
 * @param unjudgedBeginnings runs whose beginning lies before what was read, so that it was not judged
 * @param checkedByIndex records that lie in a block with an index record
 */
public record PartitionCounts(
        long records, long users, long runs, long open, long unjudgedBeginnings, long checkedByIndex) {
    static final PartitionCounts NONE = new PartitionCounts(0, 0, 0, 0, 0, 0);

    PartitionCounts plus(PartitionCounts other) {
        return new PartitionCounts(
                records + other.records,
                users + other.users,
                runs + other.runs,
                open + other.open,
                unjudgedBeginnings + other.unjudgedBeginnings,
                checkedByIndex + other.checkedByIndex);
    }
}
