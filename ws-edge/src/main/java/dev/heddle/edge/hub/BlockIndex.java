package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;
import java.util.Collection;

/**
 * The index of the log: the blocks of a partition that hold no record of a user. A reader only uses it to skip: a block
 * that the index does not know may hold any user's record. Owned by one thread, which alone calls it. A call may read
 * the index, within a bound in time, after which the rest counts as unknown.
 */
public interface BlockIndex extends AutoCloseable {
    /** An index that knows nothing. */
    BlockIndex NONE = new BlockIndex() {
        @Override
        public long next(int partition, Collection<UserKey> users, long from, long to) {
            return from;
        }

        @Override
        public long previous(int partition, Collection<UserKey> users, long from, long to) {
            return to;
        }

        @Override
        public void close() {}
    };

    /**
     * The first offset at or after {@code from} at which a record of one of the users may lie.
     *
     * @return {@code from} to {@code to}; {@code to} if there is certainly none before it
     */
    long next(int partition, Collection<UserKey> users, long from, long to);

    /**
     * The end of the last block before {@code to} that may hold a record of one of the users.
     *
     * @return {@code from} to {@code to}; {@code from} if there is certainly none after it
     */
    long previous(int partition, Collection<UserKey> users, long from, long to);

    @Override
    void close();
}
