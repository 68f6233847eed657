package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;
import java.util.Collection;

/**
 * An index over the log in memory, as good and as bad as a real one: it knows the older blocks but not the newest,
 * leaves some out, and takes some users for others.
 */
final class InMemoryBlockIndex implements BlockIndex {
    private static final int BLOCK = 4;
    private static final int UNKNOWN_TAIL = 6;

    private final InMemoryEventLog log;

    InMemoryBlockIndex(InMemoryEventLog log) {
        this.log = log;
    }

    @Override
    public long next(int partition, Collection<UserKey> users, long from, long to) {
        long offset = from;
        while (offset < to) {
            long blockEnd = (offset / BLOCK + 1) * BLOCK;
            if (mayHold(partition, users, blockEnd)) {
                return offset;
            }
            offset = blockEnd;
        }
        return Math.min(offset, to);
    }

    @Override
    public long previous(int partition, Collection<UserKey> users, long from, long to) {
        long offset = to;
        while (offset > from) {
            long blockEnd = ((offset - 1) / BLOCK + 1) * BLOCK;
            if (mayHold(partition, users, blockEnd)) {
                return offset;
            }
            offset = blockEnd - BLOCK;
        }
        return Math.max(offset, from);
    }

    private boolean mayHold(int partition, Collection<UserKey> users, long blockEnd) {
        InMemoryEventLog.Part part = log.part(partition);
        boolean unknown = blockEnd > part.end - UNKNOWN_TAIL || blockEnd % 5 == 0;
        boolean mistaken = blockEnd % 7 == 0;
        return unknown
                || mistaken
                || part.told.subMap(blockEnd - BLOCK, blockEnd).values().stream()
                        .anyMatch(record -> users.contains(record.user()));
    }

    @Override
    public void close() {}
}
