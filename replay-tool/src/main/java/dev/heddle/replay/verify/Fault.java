package dev.heddle.replay.verify;

/** A kind of broken promise. */
public enum Fault {
    /** A number of a run is nowhere: an event is missing. */
    MISSING("missing"),
    /** The same event is there again, or another one with the same number. */
    DOUBLED("doubled"),
    /** An event lies behind one with a higher number of the same run. */
    OUT_OF_ORDER("out-of-order"),
    /** The record's key is not the user in the envelope. */
    FOREIGN_KEY("foreign-key"),
    /** The record cannot be read, or has no user key. */
    UNDECODABLE("undecodable"),
    /** Offsets are kept and cannot be read, as those of a damaged batch. */
    UNREADABLE("unreadable"),
    /** An event comes after the end of its run. */
    AFTER_END("after-end"),
    /** An event that AG-UI does not allow where it stands. */
    ILLEGAL("illegal"),
    /** A run of which nothing more came for so long has no end. */
    UNENDED("unended"),
    /** The index denies a user whose record lies in the block. */
    HIDDEN("hidden"),
    /** The record lies in a partition that is not its key's. */
    MISPLACED("misplaced"),
    /** A client's record differs from the log. */
    DIFFERENT("different"),
    /** A client recorded what the log does not hold. */
    UNKNOWN("unknown");

    private final String text;

    Fault(String text) {
        this.text = text;
    }

    /** As it is printed. */
    public String text() {
        return text;
    }
}
