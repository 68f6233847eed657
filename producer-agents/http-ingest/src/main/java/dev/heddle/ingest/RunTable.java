package dev.heddle.ingest;

import dev.heddle.event.EventItem;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The runs of one partition's log in a range of offsets without a gap: a projection, thrown away and read again at
 * will. Bounded in number and bytes. The run that has been silent for longest is forgotten first; the offset of its
 * last event is kept, so that it can be looked up. A run that is neither known nor forgotten is not between
 * {@link #from()} and {@link #end()}. Not thread-safe: it belongs to its appender.
 */
final class RunTable {

    /** One run. */
    static final class Run {
        /** The number of a run's latest events that are compared when they are sent again. */
        static final int EVENTS = 4_096;

        /** The number of longs kept of an event: the digests of its content and its id, and its timestamp. */
        private static final int WIDTH = 3;

        /** The approximate bytes of a row beside its key, its thread and its events. */
        private static final long ROW_BYTES = 250;

        private final String threadId;
        private long last = -1;
        private long lastOffset;
        private long firstOffset = Long.MAX_VALUE;
        private int attempt;
        /** The events up to the last one; the oldest may be missing. */
        private long[] events = new long[WIDTH];

        private int count;

        private Run(String threadId) {
            this.threadId = threadId;
        }

        String threadId() {
            return threadId;
        }

        /** The highest runSeq. */
        long last() {
            return last;
        }

        int attempt() {
            return attempt;
        }

        /** The end of its last event. */
        Position end() {
            return new Position(lastOffset + 1, -1);
        }

        /** The offset of the earliest event that has been read. */
        long firstOffset() {
            return firstOffset;
        }

        /** True if this event has been read, or is older than the events that are still compared. */
        boolean reachesTo(long runSeq) {
            long back = last - runSeq;
            return back < count || back >= EVENTS / 2;
        }

        /** True if the event with this number is certainly another one. */
        boolean isOther(long runSeq, Batch.Identity identity) {
            long back = last - runSeq;
            if (back < 0 || back >= count) {
                return false;
            }
            int at = WIDTH * (int) (count - 1 - back);
            if (events[at] != identity.content()) {
                return true;
            }
            if (identity.eventId() != null) {
                return events[at + 1] != EventDigest.of(identity.eventId());
            }
            return identity.timestamp() != null && events[at + 2] != identity.timestamp();
        }

        private void add(LogEvent event) {
            attempt = Math.max(attempt, event.attempt());
            if (event.label().runSeq() <= last) {
                return;
            }
            if (event.label().runSeq() != last + 1) {
                count = 0;
            }
            if (WIDTH * count == events.length) {
                if (count < EVENTS) {
                    events = Arrays.copyOf(events, Math.min(2 * events.length, WIDTH * EVENTS));
                } else {
                    int half = count / 2;
                    System.arraycopy(events, WIDTH * (count - half), events, 0, WIDTH * half);
                    count = half;
                }
            }
            put(events, count++, event);
            last = event.label().runSeq();
            lastOffset = event.offset();
            firstOffset = Math.min(firstOffset, event.offset());
        }

        /** Adds earlier events of the run, read from the log before the known ones. */
        private void prepend(Run before) {
            attempt = Math.max(attempt, before.attempt);
            firstOffset = Math.min(firstOffset, before.firstOffset);
            int more = Math.min(before.count, EVENTS - count);
            if (before.last != last - count || more <= 0) {
                return;
            }
            long[] joined = new long[WIDTH * (more + count)];
            System.arraycopy(before.events, WIDTH * (before.count - more), joined, 0, WIDTH * more);
            System.arraycopy(events, 0, joined, WIDTH * more, WIDTH * count);
            events = joined;
            count += more;
        }

        private static void put(long[] events, int place, LogEvent event) {
            events[WIDTH * place] = event.content();
            events[WIDTH * place + 1] = EventDigest.of(event.label().eventId());
            events[WIDTH * place + 2] = event.label().timestamp();
        }

        private long bytes(Batch.RunKey key) {
            return ROW_BYTES
                    + 2L * (key.user().value().length() + key.runId().length() + threadId.length())
                    + (long) Long.BYTES * events.length;
        }
    }

    /** One event of a run in the log. */
    private record LogEvent(Batch.Label label, int attempt, long content, long offset) {

        static LogEvent of(EventItem item, long offset) {
            return new LogEvent(
                    new Batch.Label(item.runSeq(), item.eventId(), item.timestamp()),
                    item.attempt(),
                    Batch.Identity.content(item.attempt(), EventDigest.of(item.eventJson())),
                    offset);
        }

        static LogEvent of(Batch batch, Batch.Item item, long offset) {
            return new LogEvent(item.label(), batch.attempt(), item.identity().content(), offset);
        }
    }

    private final int mostRuns;
    private final long mostBytes;
    private final Map<Batch.RunKey, Run> runs = new LinkedHashMap<>(64, 0.75f, true);
    private final EvictedRuns evicted;
    private long bytes;
    private long from;
    private long end;

    /**
     * An empty table that begins and ends at this offset.
     *
     * @param mostBytes for runs that are known; a quarter of it is added for those that are forgotten
     */
    RunTable(int mostRuns, long mostBytes, long offset) {
        this.mostRuns = mostRuns;
        this.mostBytes = mostBytes;
        this.evicted = new EvictedRuns(mostBytes / 4);
        this.from = offset;
        this.end = offset;
    }

    /** The first offset that it covers. */
    long from() {
        return from;
    }

    /** The offset up to which it has read the log. */
    long end() {
        return end;
    }

    void readTo(long offset) {
        end = Math.max(end, offset);
    }

    @Nullable
    Run find(Batch.RunKey key) {
        return runs.get(key);
    }

    /** The offset before which the log must be read backwards to find this run: no event of it comes later. */
    long searchFrom(Batch.RunKey key) {
        long last = evicted.find(key.digest());
        return last == EvictedRuns.NONE ? from : last + 1;
    }

    boolean isForgotten(Batch.RunKey key) {
        return evicted.find(key.digest()) != EvictedRuns.NONE;
    }

    /** Adds an event of the log. An event may come twice; one earlier than the run's known events comes too late. */
    void add(UserKey user, EventItem item, long offset) {
        String runId = item.runId();
        if (runId != null) {
            put(new Batch.RunKey(user, runId), item.threadId(), LogEvent.of(item, offset));
        }
    }

    /** Adds an event that this node has appended. */
    void add(Batch batch, Batch.Item item, long offset) {
        put(batch.address().run(), batch.address().threadId(), LogEvent.of(batch, item, offset));
    }

    private void put(Batch.RunKey key, String threadId, LogEvent event) {
        Run known = runs.get(key);
        long before = known == null ? 0 : known.bytes(key);
        Run run = known == null ? new Run(threadId) : known;
        run.add(event);
        if (known == null) {
            runs.put(key, run);
        }
        bytes += run.bytes(key) - before;
    }

    /**
     * One read of a range of the log before the table: the events of the runs looked for, and the keys of the other
     * runs.
     */
    final class Earlier {
        private final Map<Batch.RunKey, Run> wanted = new LinkedHashMap<>();
        private final boolean continues;
        private final long begin;
        private boolean complete = true;

        /** A read from {@code begin} to before {@code end}. */
        Earlier(long begin, long end) {
            this.begin = begin;
            this.continues = end >= from;
        }

        /** Takes an event of a run that is being looked for. */
        void found(UserKey user, EventItem item, long offset) {
            Batch.RunKey key = new Batch.RunKey(user, String.valueOf(item.runId()));
            wanted.computeIfAbsent(key, unknown -> new Run(item.threadId())).add(LogEvent.of(item, offset));
        }

        /** Takes an event of another run. */
        void passed(UserKey user, String runId, long offset) {
            Batch.RunKey key = new Batch.RunKey(user, runId);
            if (continues && offset < from && !runs.containsKey(key)) {
                complete &= evicted.add(key.digest(), offset);
            }
        }

        /** Merges the read into the table. */
        void done() {
            wanted.forEach((key, before) -> {
                Run known = runs.get(key);
                bytes -= known == null ? 0 : known.bytes(key);
                if (known == null) {
                    runs.put(key, before);
                } else if (before.firstOffset < known.firstOffset) {
                    known.prepend(before);
                }
                Run now = known == null ? before : known;
                bytes += now.bytes(key);
            });
            if (continues && complete) {
                from = Math.min(from, begin);
            }
        }
    }

    /**
     * Forgets the runs beyond the bounds.
     *
     * @param forgetting is told of each run that is forgotten
     */
    void trim(Consumer<Batch.RunKey> forgetting) {
        Iterator<Map.Entry<Batch.RunKey, Run>> oldest = runs.entrySet().iterator();
        while (oldest.hasNext() && (runs.size() > mostRuns || bytes > mostBytes)) {
            Map.Entry<Batch.RunKey, Run> run = oldest.next();
            oldest.remove();
            forgetting.accept(run.getKey());
            bytes -= run.getValue().bytes(run.getKey());
            long digest = run.getKey().digest();
            while (!evicted.add(digest, run.getValue().lastOffset)) {
                // A run that is in neither table must not be in the range that they cover.
                from = Math.max(from, evicted.dropOlderHalf());
            }
        }
    }
}
