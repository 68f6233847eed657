package dev.heddle.replay.verify;

import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.RunGrammar;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one run while its events are read: which number comes next, whether its stream is legal so far, whether it
 * has ended. A run that has ended keeps some 100 bytes. For one thread.
 */
final class RunState {
    /** How far behind a number may come for it to be told from one that is there twice. */
    private static final int REMEMBERED = 4096;

    private long next;
    private int attempt;
    private long lastOffset;
    private long lastAppended;
    private boolean ended;
    /** Null once it cannot be judged any more: after the end, after a finding, or when the beginning was not seen. */
    private @Nullable RunGrammar grammar;
    /** The numbers that were passed over and have not come yet, counted from {@link #missingFrom}; null if there are none. */
    private @Nullable BitSet missing;

    private long missingFrom;

    /** What is wrong with one event. */
    record Verdict(Fault fault, String what) {}

    /**
     * A run whose first event is at hand.
     *
     * @param first the number that it must have; that of the event itself if the beginning lies before what is read
     */
    RunState(long first, @Nullable RunGrammar grammar) {
        this.next = first;
        this.grammar = grammar;
    }

    /** Takes the run's next event; what is wrong with it, or null. */
    @Nullable
    Verdict take(EventItem item, long offset, long appended) {
        long seq = item.runSeq();
        lastOffset = offset;
        lastAppended = appended;
        if (seq < next) {
            return past(seq);
        }
        if (ended) {
            next = seq + 1;
            return new Verdict(
                    Fault.AFTER_END,
                    item.type() + " #" + seq + " after the end of the run, at attempt " + item.attempt());
        }
        if (seq > next) {
            Verdict gap = new Verdict(
                    Fault.MISSING,
                    (seq - next == 1 ? "#" + next + " is" : "#" + next + " to #" + (seq - 1) + " are")
                            + " missing before #" + seq);
            remember(next, seq);
            grammar = null;
            accept(item, seq);
            return gap;
        }
        return accept(item, seq);
    }

    private @Nullable Verdict accept(EventItem item, long seq) {
        next = seq + 1;
        if (isEnd(item.type())) {
            ended = true;
        }
        if (item.attempt() < attempt) {
            return new Verdict(
                    Fault.ILLEGAL, "attempt " + item.attempt() + " after attempt " + attempt + " at #" + seq);
        }
        attempt = item.attempt();
        RunGrammar judge = grammar;
        if (judge == null) {
            return null;
        }
        try {
            judge.accept(JudgedEvent.of(item));
        } catch (InvalidEventException e) {
            grammar = null;
            return new Verdict(Fault.ILLEGAL, "#" + seq + ": " + e.getMessage());
        }
        if (ended) {
            grammar = null;
        }
        return null;
    }

    private static boolean isEnd(String type) {
        return type.equals("RUN_FINISHED") || type.equals("RUN_ERROR");
    }

    private void remember(long from, long to) {
        BitSet numbers = missing;
        if (numbers == null || from - missingFrom > REMEMBERED) {
            numbers = new BitSet();
            missing = numbers;
            missingFrom = from;
        }
        int first = (int) (from - missingFrom);
        numbers.set(first, first + (int) Math.min(REMEMBERED, to - from));
    }

    /** A number that has been passed: late if it was missing, else there before. */
    private Verdict past(long seq) {
        BitSet numbers = missing;
        if (numbers != null
                && seq >= missingFrom
                && numbers.get((int) Math.min(Integer.MAX_VALUE, seq - missingFrom))) {
            numbers.clear((int) (seq - missingFrom));
            return new Verdict(Fault.OUT_OF_ORDER, "#" + seq + " after #" + (next - 1));
        }
        return new Verdict(Fault.DOUBLED, "#" + seq + " is there before; the last one is #" + (next - 1));
    }

    boolean hasEnded() {
        return ended;
    }

    long lastOffset() {
        return lastOffset;
    }

    /** When the log took the last event, in milliseconds since the epoch. */
    long lastAppended() {
        return lastAppended;
    }

    long nextSeq() {
        return next;
    }
}
