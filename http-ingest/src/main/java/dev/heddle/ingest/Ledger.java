package dev.heddle.ingest;

import dev.heddle.event.Position;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one partition's log says to a batch: what of it is missing, or why it is refused. Reads the log no further than the
 * question needs. True only while this node holds the right to write to the partition; for one thread at a time.
 */
final class Ledger implements AutoCloseable {

    /** Reading this much of the end first answers for all runs that are under way. */
    private static final long TAIL = 20_000;

    private final IngestConfig.Runs settings;
    private final PartitionReader reader;
    private final InstantSource clock;
    private @Nullable RunTable table;
    private boolean reachesBack;

    Ledger(IngestConfig config, int partition, InstantSource clock) {
        this.settings = config.runs();
        this.reader =
                new PartitionReader(config.kafka(), partition, config.http().answerWithin());
        this.clock = clock;
    }

    /**
     * What the log says.
     *
     * @param missing what of the batch is not in the log
     * @param refused why nothing of it is to be appended, or null
     */
    record Decision(List<Batch.Item> missing, Answer.@Nullable Refused refused) {}

    /** Takes note of what others have appended. To be called when the right to write was taken. */
    void catchUp() {
        long end = reader.end();
        RunTable known = table;
        if (known == null || known.end() > end) {
            known = new RunTable(settings.known(), Math.max(reader.beginning(), end - TAIL));
            table = known;
            reachesBack = false;
        }
        reader.read(known.end(), end, known::add);
        known.readTo(end);
    }

    /**
     * Decides. Another node may hold the right by now: that shows when an append is refused, but a refusal of ours needs another
     * look.
     */
    Decision decide(Batch batch) {
        if (find(batch) == null && !reachesBack) {
            extend(reader.at(clock.instant().minus(settings.remember())));
            reachesBack = true;
        }
        Decision decision = judge(batch, find(batch));
        if (decision.refused() == null) {
            return decision;
        }
        catchUp();
        if (find(batch) == null) {
            extend(reader.beginning());
        }
        return judge(batch, find(batch));
    }

    /** Takes note of what this node has appended. */
    void appended(Batch batch, Batch.Item item, long offset) {
        table().add(batch, item, offset);
    }

    /** The end of the batch's run in the log. */
    Position end(Batch batch) {
        RunTable.Run run = find(batch);
        return run == null ? new Position(table().end(), -1) : run.end();
    }

    private static Decision judge(Batch batch, RunTable.@Nullable Run run) {
        if (run == null) {
            return batch.first() == 0
                    ? new Decision(batch.items(), null)
                    : refuse(Answer.Reason.GAP, "the run is not in the log: it begins with runSeq 0");
        }
        if (!run.threadId().equals(batch.address().threadId())) {
            return refuse(Answer.Reason.CONFLICT, "the run is another thread's");
        }
        if (batch.attempt() < run.attempt()) {
            return refuse(Answer.Reason.CONFLICT, "the run is at attempt " + run.attempt());
        }
        if (batch.first() > run.last() + 1) {
            return refuse(
                    Answer.Reason.GAP,
                    "the run's last runSeq is " + run.last() + ": the batch must not begin after " + (run.last() + 1));
        }
        for (Batch.Item item : batch.items()) {
            if (run.isOther(item.runSeq(), item.eventId())) {
                return refuse(
                        Answer.Reason.CONFLICT,
                        "another event has runSeq " + item.runSeq() + ": another sender sends for this run");
            }
        }
        long there = Math.min(run.last(), batch.last()) - batch.first() + 1;
        return new Decision(batch.items().subList((int) there, batch.items().size()), null);
    }

    private static Decision refuse(Answer.Reason reason, String message) {
        return new Decision(List.of(), Answer.Refused.of(reason, message));
    }

    private RunTable.@Nullable Run find(Batch batch) {
        return table().find(batch.address().run());
    }

    /** Reads what is before the table: once what {@code runs.remember} says, and for a run that must be there, all. */
    private void extend(long from) {
        RunTable known = table();
        if (from < known.from()) {
            reader.read(from, known.from(), known::add);
            known.readFrom(from);
        }
    }

    private RunTable table() {
        RunTable known = table;
        if (known == null) {
            throw new IllegalStateException("the partition has not been looked at");
        }
        return known;
    }

    /** Lets go of Kafka. */
    @Override
    public void close() {
        reader.close();
    }
}
