package dev.heddle.event;

/**
 * The progress of one run: the number of its next event, its attempt and its status. Some 30 bytes, so that a reader
 * can keep one for each of very many runs. For one thread.
 */
public final class RunProgress {
    private long nextSeq;
    private int attempt;
    private RunStatus status = RunStatus.RUNNING;

    /** The relation of an event's number to the events added before. */
    public enum Order {
        /** The expected number. */
        NEXT,
        /** A higher one: events are missing before it. */
        AHEAD,
        /** A number below the expected one. */
        REPEATED,
        /** A number not below the expected one, after the end of the run. */
        AFTER_END
    }

    /**
     * The progress of a run before its first event.
     *
     * @param nextSeq the number of that event; 0 unless the beginning of the run is not known
     */
    public RunProgress(long nextSeq) {
        this.nextSeq = nextSeq;
    }

    /** Compares the number of an event that is not added yet. */
    public Order order(long runSeq) {
        if (runSeq < nextSeq) {
            return Order.REPEATED;
        }
        if (hasEnded()) {
            return Order.AFTER_END;
        }
        return runSeq == nextSeq ? Order.NEXT : Order.AHEAD;
    }

    /** Adds an event of any number: the progress's number and attempt only grow, and the last end counts. */
    public void add(EventItem item) {
        add(item.runSeq(), item.attempt(), RunStatus.after(item));
    }

    void add(long runSeq, int attempt, RunStatus after) {
        this.nextSeq = Math.max(nextSeq, runSeq + 1);
        this.attempt = Math.max(this.attempt, attempt);
        if (after.isEnd()) {
            status = after;
        }
    }

    /** Adds an event that is before all others; only its end counts, if there is none yet. */
    void addBefore(RunStatus after) {
        if (!hasEnded()) {
            status = after;
        }
    }

    /** The highest {@code runSeq}; one less than the first number if no event was added. */
    public long lastSeq() {
        return nextSeq - 1;
    }

    /** The highest attempt. */
    public int attempt() {
        return attempt;
    }

    public RunStatus status() {
        return status;
    }

    public boolean hasEnded() {
        return status.isEnd();
    }
}
