package dev.heddle.bench.report;

/**
 * The check of one promise; a benchmark with a broken promise has failed.
 *
 * @param detail what was seen, in either case
 */
public record Check(String what, boolean kept, String detail) {
    /** The verdict's text in a report. */
    public String verdict() {
        return kept ? "ok" : "FAILED";
    }
}
