package dev.heddle.bench.report;

/**
 * A promise that was held against what happened; a benchmark in which one is broken has failed.
 *
 * @param detail what was seen, in either case
 */
public record Check(String what, boolean kept, String detail) {
    /** How it is said. */
    public String verdict() {
        return kept ? "ok" : "FAILED";
    }
}
