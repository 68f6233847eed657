package dev.heddle.replay.verify;

import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.RunGrammar;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one run while its events are read: which number comes next, whether its stream is legal so far,
 * whether it has ended. A run that has ended keeps some 100 bytes. For one thread.
 */
final class RunState {
    private long next;
    private int attempt;
    private long lastOffset;
    private long lastAppended;
    private boolean ended;
    /** Null once it cannot be judged any more: after the end, after a finding, or when the beginning was not seen. */
    private @Nullable RunGrammar grammar;
    /** The numbers that were passed over and have not come yet. */
    private final List<Gap> gaps = new ArrayList<>(0);

    /**
     * Numbers that are missing.
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
            gaps.add(new Gap(next, seq, offset));
            grammar = null;
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

    /** A number that has been passed: late if it was missing, else there before. */
    private Verdict past(long seq) {
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
                return new Verdict(Fault.OUT_OF_ORDER, "#" + seq + " after #" + (next - 1));
            }
        }
        return new Verdict(Fault.DOUBLED, "#" + seq + " is there before; the last one is #" + (next - 1));
    }

    /** What has not come until now. */
    List<Gap> gaps() {
        return gaps;
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
