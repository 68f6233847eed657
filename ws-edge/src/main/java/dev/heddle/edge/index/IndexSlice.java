package dev.heddle.edge.index;

import dev.heddle.event.index.BlockFilter;
import java.util.ArrayList;
import java.util.List;

/** The index records of this log read from a range of one partition of the index, each with its offset there. */
final class IndexSlice {
    private long from;
    private boolean holed;
    private final List<BlockFilter> filters = new ArrayList<>();
    private final List<Long> places = new ArrayList<>();
    private long to;

    /** An empty slice that begins at a place. */
    IndexSlice(long from) {
        this.from = from;
        this.to = from;
    }

    void add(long place, BlockFilter filter) {
        places.add(place);
        filters.add(filter);
    }

    /** Notes that everything before this place was read. */
    void reach(long place) {
        to = Math.max(to, place);
    }

    /**
     * Drops the records so far, since the index cannot be read up to a place: an unread record may have revoked them.
     */
    void hole(long place) {
        filters.clear();
        places.clear();
        from = Math.max(from, place);
        holed = true;
        reach(place);
    }

    /** True if the index could not be read right before {@link #from}. */
    boolean isHoled() {
        return holed;
    }

    long from() {
        return from;
    }

    /** The place up to which it was read. */
    long to() {
        return to;
    }

    int size() {
        return filters.size();
    }

    long place(int i) {
        return places.get(i);
    }

    BlockFilter filter(int i) {
        return filters.get(i);
    }

    /** The records in the order of the index. */
    List<BlockFilter> filters() {
        return filters;
    }
}
