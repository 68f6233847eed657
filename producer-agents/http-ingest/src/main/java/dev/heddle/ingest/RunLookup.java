package dev.heddle.ingest;

import dev.heddle.event.EventItem;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import dev.heddle.topic.EventRecords;
import dev.heddle.topic.PartitionReader;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The decision on a batch from one partition's log: the events that the log lacks, or the refusal. A run that the table
 * of runs does not hold is looked up in the log, backwards and in small steps, so that other batches wait for one step
 * and not for the search. A decision holds only while this node holds the partition's fence; for one thread at a time.
 */
final class RunLookup implements AutoCloseable {

    /** The number of offsets at the log's end that are read before the first answer; they have nearly all open runs. */
    private static final long TAIL = 20_000;

    /** The most searches whose progress is kept for a batch that is sent again. */
    private static final int SEARCHES = 1_000;

    /**
     * The least offsets that a step of a search reads; a step grows or shrinks as it takes less or more than
     * {@link #STEP_NANOS}.
     */
    private static final long LEAST_STEP = 16;

    private static final long MOST_STEP = 20_000;
    private static final long STEP_NANOS = 100_000_000;

    private final IngestConfig config;
    private final PartitionReader reader;
    private final InstantSource clock;
    private final Map<Batch.RunKey, Search> searches = new LinkedHashMap<>(16, 0.75f, true);
    private @Nullable RunTable table;
    private long step = 1_000;
    private long rememberedFrom = Long.MAX_VALUE;

    RunLookup(IngestConfig config, int partition, InstantSource clock, IngestMetrics metrics) {
        this.config = config;
        this.reader = new PartitionReader(
                config.kafka(),
                "heddle-ingest-read",
                new TopicPartition(Topics.AGENT_EVENTS, partition),
                config.http().answerWithin(),
                metrics::unreadable);
        this.clock = clock;
    }

    /** The decision on a batch. */
    sealed interface Decision {
        /** These of its events are not in the log yet; perhaps none. */
        record Append(List<Batch.Item> missing) implements Decision {}

        /** Nothing of it is to be appended. */
        record Refuse(IngestResponse.Refused answer) implements Decision {}

        /** Undecided: the run has to be looked up first, see {@link RunLookup#search}. */
        record Unknown() implements Decision {}
    }

    /** The search for one run, backwards. */
    private static final class Search {
        /** The offset at which it ends. */
        private long lowest;

        /** The offset from which on all events of this run have been read. */
        private long at;

        /** The {@code runSeq} that it looks for. */
        private long runSeq;

        Search(long at, long lowest, long runSeq) {
            this.at = at;
            this.lowest = lowest;
            this.runSeq = runSeq;
        }
    }

    /** Reads the events that other nodes have appended. To be called when the fence was taken. */
    void catchUp() {
        long end = reader.end();
        RunTable known = table;
        if (known == null || known.end() > end || end - known.end() > TAIL) {
            known = new RunTable(config.runs().known(), share(), Math.max(reader.beginning(), end - TAIL));
            table = known;
            searches.clear();
        }
        read(known.end(), end, known::add);
        known.readTo(end);
    }

    private long share() {
        return Math.max(64 << 10, config.runs().knownBytes() / config.topics().partitions());
    }

    /**
     * Decides on a batch. Another node may hold the fence by now: that shows when Kafka refuses an append, but a
     * refusal of ours needs another look at the log.
     */
    Decision decide(Batch batch) {
        Decision decision = judge(batch);
        if (decision instanceof Decision.Refuse) {
            catchUp();
            decision = judge(batch);
        }
        return decision;
    }

    /** Adds an event that this node has appended. */
    void appended(Batch batch, Batch.Item item, long offset) {
        table().add(batch, item, offset);
    }

    /** Forgets the runs and searches beyond the bounds; called between two rounds of batches. */
    void trim() {
        RunTable known = table;
        if (known != null) {
            // The events that a search found are forgotten with its run, so it begins anew.
            known.trim(searches::remove);
        }
        Iterator<Batch.RunKey> oldest = searches.keySet().iterator();
        while (searches.size() > SEARCHES) {
            oldest.next();
            oldest.remove();
        }
    }

    /** The end of the batch's run in the log. */
    Position end(Batch batch) {
        RunTable.Run run = find(batch);
        return run == null ? new Position(table().end(), -1) : run.end();
    }

    private Decision judge(Batch batch) {
        RunTable.Run run = find(batch);
        if (!isSearched(batch, run)) {
            return new Decision.Unknown();
        }
        if (run == null) {
            return batch.first() == 0
                    ? new Decision.Append(batch.items())
                    : refuse(IngestResponse.Reason.GAP, "the run is not in the log: it begins with runSeq 0");
        }
        if (!run.threadId().equals(batch.address().threadId())) {
            return refuse(IngestResponse.Reason.CONFLICT, "the run is another thread's");
        }
        if (batch.attempt() < run.attempt()) {
            return refuse(IngestResponse.Reason.CONFLICT, "the run is at attempt " + run.attempt());
        }
        if (batch.first() > run.last() + 1) {
            return refuse(
                    IngestResponse.Reason.GAP,
                    "the run's last runSeq is " + run.last() + ": the batch must not begin after " + (run.last() + 1));
        }
        for (Batch.Item item : batch.items()) {
            if (run.isOther(item.runSeq(), item.identity())) {
                return refuse(
                        IngestResponse.Reason.CONFLICT,
                        "another event has runSeq " + item.runSeq() + ": another sender sends for this run");
            }
        }
        long there = Math.min(run.last(), batch.last()) - batch.first() + 1;
        return new Decision.Append(
                batch.items().subList((int) there, batch.items().size()));
    }

    private static Decision refuse(IngestResponse.Reason reason, String message) {
        return new Decision.Refuse(IngestResponse.Refused.of(reason, message));
    }

    /**
     * True if the log has been read as far back as this batch needs; if not, a search for its run begins or goes on.
     */
    private boolean isSearched(Batch batch, RunTable.@Nullable Run run) {
        if (run != null && run.reachesTo(batch.first())) {
            return true;
        }
        Batch.RunKey key = batch.address().run();
        Search search = searches.get(key);
        if (search == null) {
            long lowest = lowest(batch, run);
            if (run == null && !table().isForgotten(key) && table().from() <= lowest) {
                return true;
            }
            long at = run == null ? table().searchFrom(key) : run.firstOffset();
            search = new Search(at, lowest, batch.first());
            searches.put(key, search);
        } else if (batch.first() != search.runSeq) {
            search.lowest = Math.min(search.lowest, lowest(batch, run));
            search.runSeq = batch.first();
        }
        return search.at <= search.lowest;
    }

    /**
     * The lowest offset of a search: the log's beginning for a run that must be there, for a new one the offset as far
     * back as first batches are recognised.
     */
    private long lowest(Batch batch, RunTable.@Nullable Run run) {
        if (run != null
                || batch.first() > 0
                || table().isForgotten(batch.address().run())) {
            return reader.beginning();
        }
        if (table().from() > rememberedFrom) {
            rememberedFrom = reader.at(clock.instant().minus(config.runs().remember()));
        }
        return rememberedFrom;
    }

    /**
     * Takes one step of these runs' searches: the search at the highest offset, and all others at the same offset. Then
     * each run can be decided on, or needs another step.
     */
    void search(Collection<Batch.RunKey> keys) {
        List<Search> open = new ArrayList<>();
        for (Batch.RunKey key : keys) {
            Search search = searches.get(key);
            if (search != null && !isDone(key, search)) {
                open.add(search);
            }
        }
        long end = open.stream().mapToLong(search -> search.at).max().orElse(0);
        long next = open.stream()
                .mapToLong(search -> search.at)
                .filter(at -> at < end)
                .max()
                .orElse(0);
        long lowest = open.stream().mapToLong(search -> search.lowest).min().orElse(0);
        long begin = Math.max(Math.max(next, lowest), end - step);
        if (begin < end) {
            read(begin, end);
        }
    }

    private boolean isDone(Batch.RunKey key, Search search) {
        RunTable.Run run = table().find(key);
        return search.at <= search.lowest || (run != null && run.reachesTo(search.runSeq));
    }

    private void read(long begin, long end) {
        long begun = System.nanoTime();
        RunTable.Earlier earlier = table().new Earlier(begin, end);
        read(begin, end, (user, item, offset) -> {
            String runId = item.runId();
            if (runId != null) {
                Search search = searches.get(new Batch.RunKey(user, runId));
                if (search != null && search.at == end) {
                    earlier.found(user, item, offset);
                } else {
                    earlier.passed(user, runId, offset);
                }
            }
        });
        earlier.done();
        for (Search search : searches.values()) {
            if (search.at == end) {
                search.at = begin;
            }
        }
        long took = System.nanoTime() - begun;
        if (took > 2 * STEP_NANOS) {
            step = Math.max(LEAST_STEP, step / 2);
        } else if (took < STEP_NANOS / 2) {
            step = Math.min(MOST_STEP, step * 2);
        }
    }

    /** A consumer of each event that can be decoded. */
    @FunctionalInterface
    private interface Sink {
        void take(UserKey user, EventItem item, long offset);
    }

    private void read(long begin, long end, Sink sink) {
        reader.read(
                begin,
                end,
                record -> EventRecords.decode(record, (user, item) -> sink.take(user, item, record.offset())));
    }

    private RunTable.@Nullable Run find(Batch batch) {
        return table().find(batch.address().run());
    }

    private RunTable table() {
        RunTable known = table;
        if (known == null) {
            throw new IllegalStateException("the partition has not been looked at");
        }
        return known;
    }

    /** Closes the connection to Kafka. */
    @Override
    public void close() {
        reader.close();
    }
}
