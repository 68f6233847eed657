package dev.heddle.replay.log;

import dev.heddle.event.UserKey;
import dev.heddle.event.index.Block;
import dev.heddle.event.index.BlockFilter;
import dev.heddle.event.index.UserHash;
import org.jspecify.annotations.Nullable;

/**
 * Which stretches of one partition certainly hold nothing of one user. Only ever a way to skip: what it knows nothing
 * of may hold anything. Some 100 bytes a block, whatever the filters' size. Not changed once it is read.
 */
public final class UserIndex {
    private final long[] hashes;
    private final StandingBlocks<Verdict> blocks;

    /**
     * What the record of a block says of the user.
     *
     * @param first the first offset that it speaks of
     */
    private record Verdict(long first, boolean mayHold) {}

    UserIndex(UserKey user) {
        this.hashes = new long[] {UserHash.of(user)};
        this.blocks = new StandingBlocks<>(this::verdict);
    }

    /** Knows nothing, so nothing is skipped. */
    public static UserIndex none() {
        return new UserIndex(UserKey.of("nobody"));
    }

    private Verdict verdict(BlockFilter filter) {
        long first = filter.cover().first();
        return new Verdict(first, filter.next(hashes, first) < filter.block().end());
    }

    void take(BlockFilter filter) {
        blocks.take(filter);
    }

    /** How many blocks it knows of. */
    public int blocks() {
        return blocks.size();
    }

    /** The first offset from {@code from} on, up to {@code to}, at which a record of the user may lie. */
    public long next(long from, long to) {
        long at = from;
        while (at < to) {
            @Nullable Verdict verdict = blocks.at(Block.startOf(at));
            if (verdict == null || verdict.mayHold() || at < verdict.first()) {
                return at;
            }
            at = Block.startOf(at) + Block.OFFSETS;
        }
        return to;
    }

    /**
     * The end of the last stretch between {@code from} and {@code to} in which a record of the user may lie;
     * {@code from} if none.
     */
    public long previous(long from, long to) {
        long at = to;
        while (at > from) {
            long start = Block.startOf(at - 1);
            @Nullable Verdict verdict = blocks.at(start);
            if (verdict == null || verdict.mayHold() || at <= verdict.first()) {
                return at;
            }
            at = verdict.first(); // the block's start, if all of it is covered
        }
        return from;
    }
}
