package dev.heddle.replay.verify;

/** A kind of broken promise. */
public enum Fault {
    /** A number of a run does not occur: an event is missing. */
    MISSING("missing"),
    /** An event, or another one with the same number, occurs again. */
    DOUBLED("doubled"),
    /** An event is behind one with a higher number of the same run. */
    OUT_OF_ORDER("out-of-order"),
    /** The record's key is not the user in the envelope. */
    FOREIGN_KEY("foreign-key"),
    /** The record cannot be read, or has no user key. */
    UNDECODABLE("undecodable"),
    /** Retained offsets cannot be read, as those of a damaged batch. */
    UNREADABLE("unreadable"),
    /** An event comes after the end of its run. */
    AFTER_END("after-end"),
    /** AG-UI does not allow an event at its position. */
    ILLEGAL("illegal"),
    /** A run has no end, and no further event of it came for too long. */
    UNENDED("unended"),
    /** The index denies a user with a record in the block. */
    HIDDEN("hidden"),
    /** The record is in a partition that is not its key's. */
    MISPLACED("misplaced"),
    /** A client's record differs from the log. */
    DIFFERENT("different"),
    /** A client recorded an event that the log does not hold. */
    UNKNOWN("unknown");

    private final String text;

    Fault(String text) {
        this.text = text;
    }

    /** The printed name. */
    public String text() {
        return text;
    }
}
