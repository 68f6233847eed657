package dev.heddle.edge.hub;

/**
 * The place of a record in its partition.
 *
 * @param leaderEpoch the epoch of the leader that wrote it; -1 if the log does not tell
 */
public record RecordPlace(long offset, int leaderEpoch) {}
