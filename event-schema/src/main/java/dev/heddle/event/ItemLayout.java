package dev.heddle.event;

/**
 * The layout of an item's JSON, and its numbers. Filled in while the item is written, not changed once the item exists.
 *
 * <p>A span is a start (inclusive) and an end (exclusive) in one long, without the quotation marks.
 */
final class ItemLayout {
    /** The span of an absent field. */
    static final long NONE = -1;

    String type = "";
    long timestamp;
    /** -1 outside a run, as {@link #runSeqFrom}. */
    long runSeq = -1;

    long runSeqFrom = -1;
    int attempt;

    long eventId = NONE;
    long threadId = NONE;
    long runId = NONE;
    long agentId = NONE;
    long messageId = NONE;
    long toolCallId = NONE;
    long delta = NONE;
    /** Before the comma of runSeq, or before that of the event outside any run. */
    int afterIds;
    /** At the opening brace of the event. */
    int event;
    /** Behind the timestamp, where the columns begin. */
    int columns;

    static long span(int start, int end) {
        return ((long) start << 32) | end;
    }

    static int start(long span) {
        return (int) (span >>> 32);
    }

    static int end(long span) {
        return (int) span;
    }

    /** The span of a field that stands so many bytes further on. */
    static long moved(long span, int by) {
        return span == NONE ? span : span(start(span) + by, end(span) + by);
    }
}
