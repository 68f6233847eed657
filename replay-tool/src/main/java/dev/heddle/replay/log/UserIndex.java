package dev.heddle.replay.log;

import dev.heddle.event.UserKey;
import dev.heddle.event.index.Block;
import dev.heddle.event.index.BlockFilter;
import dev.heddle.event.index.StandingBlocks;
import dev.heddle.event.index.UserHash;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ranges of one partition that certainly hold no record of one user. It only serves to skip: a range outside it may
 * hold anything. Some 100 bytes a block, for any size of the filters. Not changed once it is read.
 */
public final class UserIndex {
    private final long[] hashes;
    private final StandingBlocks blocks = new StandingBlocks();
    private final List<BlockFilter.Match> matches = new ArrayList<>();

    UserIndex(UserKey user) {
        this.hashes = new long[] {UserHash.of(user)};
    }

    /** An empty index, by which nothing is skipped. */
    public static UserIndex none() {
        return new UserIndex(UserKey.of("nobody"));
    }

    void take(BlockFilter filter) {
        blocks.add(filter);
        matches.add(filter.match(hashes));
    }

    private BlockFilter.@Nullable Match match(long blockStart) {
        int record = blocks.at(blockStart);
        return record < 0 ? null : matches.get(record);
    }

    /** The number of blocks in the index. */
    public int blocks() {
        return blocks.size();
    }

    /** The first offset from {@code from} on, up to {@code to}, that may hold a record of the user. */
    public long next(long from, long to) {
        long at = from;
        while (at < to) {
            BlockFilter.Match match = match(Block.startOf(at));
            long next = match == null ? at : match.next(at);
            if (next == at) {
                return at;
            }
            at = next;
        }
        return to;
    }

    /**
     * The end of the last range between {@code from} and {@code to} that may hold a record of the user; {@code from} if
     * there is none.
     */
    public long previous(long from, long to) {
        long at = to;
        while (at > from) {
            BlockFilter.Match match = match(Block.startOf(at - 1));
            long previous = match == null ? at : match.previous(at);
            if (previous == at) {
                return at;
            }
            at = previous;
        }
        return from;
    }
}
