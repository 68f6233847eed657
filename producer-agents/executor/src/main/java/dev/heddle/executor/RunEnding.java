package dev.heddle.executor;

/** The way in which a run ended. */
enum RunEnding {
    FINISHED,
    FAILED,
    INVALID_EVENT,
    TOO_LARGE,
    CANCELLED,
    DEADLINE,
    MOVED,
    STOPPED,
    ABANDONED
}
