package dev.heddle.ingest;

import dev.heddle.event.EventItem;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one partition's log says of its runs, from some offset to another without a gap: a projection, thrown away and read
 * again at will. Bounded in number; the run that has been silent for longest goes first. Not thread-safe: its lane's.
 */
final class RunTable {

    /** The ids of so many of a run's latest events are compared when they are sent again. */
    private static final int IDS = 4_096;

    /** One run. */
    static final class Run {
        private final String threadId;
        private long last = -1;
        private long lastOffset;
        private int attempt;
        /** Hashes of the ids of the events up to the last one; the oldest may be missing. */
        private long[] ids = new long[8];

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

        /** Whether the event with this number is certainly another one. */
        boolean isOther(long runSeq, String eventId) {
            long back = last - runSeq;
            return back >= 0 && back < count && ids[(int) (count - 1 - back)] != hash(eventId);
        }

        private void add(long runSeq, String eventId, long offset) {
            if (runSeq <= last) {
                return;
            }
            if (runSeq != last + 1) {
                count = 0;
            }
            if (count == ids.length) {
                if (count < IDS) {
                    ids = Arrays.copyOf(ids, 2 * count);
                } else {
                    System.arraycopy(ids, count / 2, ids, 0, count / 2);
                    count /= 2;
                }
            }
            ids[count++] = hash(eventId);
            last = runSeq;
            lastOffset = offset;
        }

        /** FNV-1a over the id's characters: 64 bits are enough to tell two senders apart. */
        private static long hash(String eventId) {
            long hash = 0xcbf29ce484222325L;
            for (int i = 0; i < eventId.length(); i++) {
                hash = (hash ^ eventId.charAt(i)) * 0x100000001b3L;
            }
            return hash;
        }
    }

    private final int most;
    private final Map<Batch.RunKey, Run> runs = new LinkedHashMap<>(64, 0.75f, true);
    private long from;
    private long end;

    /** An empty table that begins and ends at this offset. */
    RunTable(int most, long offset) {
        this.most = most;
        this.from = offset;
        this.end = offset;
    }

    /** The first offset that it covers. */
    long from() {
        return from;
    }

    /** Up to where it has read the log. */
    long end() {
        return end;
    }

    void readTo(long offset) {
        end = Math.max(end, offset);
    }

    /** Says that the records before its beginning, from this offset on, have been added as well. */
    void readFrom(long offset) {
        from = Math.min(from, offset);
    }

    @Nullable
    Run find(Batch.RunKey key) {
        return runs.get(key);
    }

    /** Adds an event of the log. Those of a run may come again, and those before what is known of it too late. */
    void add(UserKey user, EventItem item, long offset) {
        String runId = item.runId();
        if (runId != null) {
            Run run = run(new Batch.RunKey(user, runId), item.threadId());
            run.attempt = Math.max(run.attempt, item.attempt());
            run.add(item.runSeq(), item.eventId(), offset);
        }
    }

    /** Adds an event that this node has appended. */
    void add(Batch batch, Batch.Item item, long offset) {
        Run run = run(batch.address().run(), batch.address().threadId());
        run.attempt = Math.max(run.attempt, batch.attempt());
        run.add(item.runSeq(), item.eventId(), offset);
    }

    private Run run(Batch.RunKey key, String threadId) {
        Run run = runs.computeIfAbsent(key, unknown -> new Run(threadId));
        if (runs.size() > most) {
            Iterator<Run> oldest = runs.values().iterator();
            // A run that is not in the table must not be in what it covers.
            from = Math.max(from, oldest.next().lastOffset + 1);
            oldest.remove();
        }
        return run;
    }
}
