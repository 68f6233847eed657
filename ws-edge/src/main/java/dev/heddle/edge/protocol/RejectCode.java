package dev.heddle.edge.protocol;

/** The reason why a command was not taken, which also decides if the same command may be sent again. */
public enum RejectCode {
    INVALID("invalid", Again.NO),
    TOO_LARGE("too_large", Again.NO),
    RATE_LIMITED("rate_limited", Again.YES),
    FORBIDDEN("forbidden", Again.NO),
    UNKNOWN_AGENT("unknown_agent", Again.NO),
    UNAVAILABLE("unavailable", Again.YES),
    ALREADY_RESOLVED("already_resolved", Again.NO);

    private enum Again {
        YES,
        NO
    }

    private final String word;
    private final Again again;

    RejectCode(String word, Again again) {
        this.word = word;
        this.again = again;
    }

    /** The word on the wire. */
    public String word() {
        return word;
    }

    /** True if the client may send the same command again with the same id. */
    public boolean retryable() {
        return again == Again.YES;
    }
}
