package dev.heddle.event;

/**
 * The layout of an item's JSON, and its numbers. It is filled in while the item is written, and not changed once the
 * item exists.
 *
 * <p>A span is a start (inclusive) and an end (exclusive) in one long, without the quotation marks.
 */
final class ItemLayout {
    /** The span of an absent field. */
    static final long NONE = -1;

    String type = "";
    long timestamp;
    /** The number in the run; -1 outside a run, as {@link #runSeqFrom}. */
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
    /** The position before the comma of runSeq, or outside any run before that of the event. */
    int afterIds;
    /** The position of the event's opening brace. */
    int event;
    /** The position behind the timestamp, where the columns begin. */
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

    /** The span moved by so many bytes. */
    static long moved(long span, int by) {
        return span == NONE ? span : span(start(span) + by, end(span) + by);
    }
}
