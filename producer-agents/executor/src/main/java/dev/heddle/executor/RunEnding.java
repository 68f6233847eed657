package dev.heddle.executor;

/** How a run ended. */
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
