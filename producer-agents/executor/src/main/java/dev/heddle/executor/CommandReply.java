package dev.heddle.executor;

/** The outcome of a command that starts no run. The wire has the names in lower case. */
enum CommandReply {
    UNKNOWN_AGENT("rejected"),
    EXPIRED("rejected"),
    INVALID("rejected"),
    /** Its input is larger than the log takes in one event. */
    TOO_LARGE("rejected"),
    DUPLICATE_RUN("rejected"),
    NOT_RUNNING("rejected"),
    /** No run of the thread has asked the question that it answers. */
    NOTHING_TO_RESUME("rejected"),
    /** It was answered before: the first answer in the log counts. */
    ALREADY_RESOLVED("rejected"),
    /** Too many commands waited, and this user had the most of them. */
    RATE_LIMITED("rejected"),
    /** Cancelled before its turn came: no run was begun. */
    CANCELLED("cancelled");

    /** The name of the CUSTOM event. */
    static final String EVENT = "heddle.command";

    private final String status;

    CommandReply(String status) {
        this.status = status;
    }

    /** {@code rejected} or {@code cancelled}, as on the wire. */
    String status() {
        return status;
    }
}
