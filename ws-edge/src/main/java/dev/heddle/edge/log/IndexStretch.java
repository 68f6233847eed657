package dev.heddle.edge.log;

import dev.heddle.event.index.BlockFilter;
import java.util.ArrayList;
import java.util.List;

/** What was read of a stretch of one partition of the index: the records that are of this log, each with its place. */
final class IndexStretch {
    private long from;
    private boolean holed;
    private final List<BlockFilter> filters = new ArrayList<>();
    private final List<Long> places = new ArrayList<>();
    private long to;

    /** Nothing yet, from a place on. */
    IndexStretch(long from) {
        this.from = from;
        this.to = from;
    }

    void add(long place, BlockFilter filter) {
        places.add(place);
        filters.add(filter);
    }

    /** Everything before this place was read. */
    void reach(long place) {
        to = Math.max(to, place);
    }

    /**
     * The index cannot be read up to a place. What lies before counts for nothing: a record there may have taken it
     * back.
     */
    void hole(long place) {
        filters.clear();
        places.clear();
        from = Math.max(from, place);
        holed = true;
        reach(place);
    }

    /** Whether the index could not be read right before {@link #from}. */
    boolean isHoled() {
        return holed;
    }

    long from() {
        return from;
    }

    /** How far it was read. */
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
