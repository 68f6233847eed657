package dev.heddle.replay.verify;

import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.RunGrammar;
import dev.heddle.event.RunProgress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The check of one run while its events are read in order: their numbers, AG-UI's grammar, and growing attempts. A run
 * that has ended keeps some 100 bytes. For one thread.
 */
final class RunCheck {
    private final RunProgress progress;
    private long lastOffset;
    private long lastAppended;
    /** The grammar of the run; null after the end, after a finding, and if the run's beginning was not read. */
    private @Nullable RunGrammar grammar;
    /** The skipped numbers that have not come yet. */
    private final List<Gap> gaps = new ArrayList<>(0);

    /**
     * A range of missing numbers.
     *
     * @param to the first that is not
     * @param offset where that was noticed
     */
    record Gap(long from, long to, long offset) {
        String text() {
            return (to - from == 1 ? "#" + from + " is" : "#" + from + " to #" + (to - 1) + " are")
                    + " missing before #" + to;
        }
    }

    /** The fault in one event. */
    record Problem(Fault fault, String what) {}

    /**
     * The check of a run before its first event.
     *
     * @param first the number that it must have; that of the event itself if the beginning lies before what is read
     */
    RunCheck(long first, @Nullable RunGrammar grammar) {
        this.progress = new RunProgress(first);
        this.grammar = grammar;
    }

    /** Takes the run's next event; returns its fault, or null. */
    @Nullable
    Problem take(EventItem item, long offset, long appended) {
        long seq = item.runSeq();
        lastOffset = offset;
        lastAppended = appended;
        return switch (progress.order(seq)) {
            case REPEATED -> repeated(seq);
            case AFTER_END -> {
                progress.add(item);
                yield new Problem(
                        Fault.AFTER_END,
                        item.type() + " #" + seq + " after the end of the run, at attempt " + item.attempt());
            }
            case AHEAD -> {
                gaps.add(new Gap(progress.lastSeq() + 1, seq, offset));
                grammar = null;
                yield accept(item);
            }
            case NEXT -> accept(item);
        };
    }

    private @Nullable Problem accept(EventItem item) {
        long seq = item.runSeq();
        int attempt = progress.attempt();
        progress.add(item);
        if (item.attempt() < attempt) {
            return new Problem(
                    Fault.ILLEGAL, "attempt " + item.attempt() + " after attempt " + attempt + " at #" + seq);
        }
        RunGrammar judge = grammar;
        if (judge == null) {
            return null;
        }
        try {
            judge.accept(GrammarEvent.of(item));
        } catch (InvalidEventException e) {
            grammar = null;
            return new Problem(Fault.ILLEGAL, "#" + seq + ": " + e.getMessage());
        }
        if (progress.hasEnded()) {
            grammar = null;
        }
        return null;
    }

    /** The problem of a number below the expected one: out of order if it was missing, else a repetition. */
    private Problem repeated(long seq) {
        for (int i = 0; i < gaps.size(); i++) {
            Gap gap = gaps.get(i);
            if (seq >= gap.from() && seq < gap.to()) {
                gaps.remove(i);
                if (gap.from() < seq) {
                    gaps.add(new Gap(gap.from(), seq, gap.offset()));
                }
                if (seq + 1 < gap.to()) {
                    gaps.add(new Gap(seq + 1, gap.to(), gap.offset()));
                }
                return new Problem(Fault.OUT_OF_ORDER, "#" + seq + " after #" + progress.lastSeq());
            }
        }
        return new Problem(Fault.DOUBLED, "#" + seq + " is there before; the last one is #" + progress.lastSeq());
    }

    /** The numbers that are missing so far. */
    List<Gap> gaps() {
        return gaps;
    }

    boolean hasEnded() {
        return progress.hasEnded();
    }

    long lastOffset() {
        return lastOffset;
    }

    /** The last event's time of appending, in milliseconds since the epoch. */
    long lastAppended() {
        return lastAppended;
    }

    long lastSeq() {
        return progress.lastSeq();
    }
}
