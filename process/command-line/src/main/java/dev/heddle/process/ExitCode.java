package dev.heddle.process;

/**
 * The exit codes of Heddle's processes. A process that a signal ends at once, before it serves or at the second signal,
 * ends with 128 plus the signal's number: 130, 143.
 */
public final class ExitCode {
    /** Done, or stopped cleanly by a signal. */
    public static final int OK = 0;

    /** Failed. */
    public static final int FAILED = 1;

    /** Used wrongly: an option or setting does not exist or has an invalid value. */
    public static final int USAGE = 2;

    private static final int SIGNAL = 128;

    private ExitCode() {}

    /** The code of a process that this signal ended at once. */
    static int of(int signal) {
        return SIGNAL + signal;
    }
}
