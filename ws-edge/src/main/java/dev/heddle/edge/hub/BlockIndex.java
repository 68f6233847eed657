package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;
import java.util.Collection;

/**
 * What is known of which stretches of a partition hold nothing of a user. It is only ever a way to skip: where it knows
 * nothing, a record may lie. Owned by one thread, which alone calls it; a call may take as long as reading the index
 * does, but no longer than a bound of its own, after which it knows nothing more.
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
     * The end of the last stretch before {@code to} in which a record of one of the users may lie.
     *
     * @return {@code from} to {@code to}; {@code from} if there is certainly none after it
     */
    long previous(int partition, Collection<UserKey> users, long from, long to);

    @Override
    void close();
}
