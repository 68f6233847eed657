package dev.heddle.event;

/**
 * A place in one partition: the offset to read next, and the leader epoch of the last record before it (-1 if unknown),
 * by which a truncation is detected (KIP-101, KIP-320).
 */
public record Position(long offset, int leaderEpoch) {
    public Position {
        if (offset < 0) {
            throw new IllegalArgumentException("offset must not be negative: " + offset);
        }
        if (leaderEpoch < -1) {
            throw new IllegalArgumentException("leader epoch must be at least -1: " + leaderEpoch);
        }
    }
}
