package dev.heddle.process;

/**
 * What a process of Heddle says by ending. Ended at once by a signal, because it had not begun to serve or because it
 * was the second one, it says 128 and the signal's number: 130, 143.
 */
public final class ExitCode {
    /** Done; or told to stop, and stopped in order. */
    public static final int OK = 0;

    /** Failed. */
    public static final int FAILED = 1;

    /** Used wrongly: an option or setting that does not exist or does not fit. */
    public static final int USAGE = 2;

    private static final int SIGNAL = 128;

    private ExitCode() {}

    /** Ended at once by this signal. */
    static int of(int signal) {
        return SIGNAL + signal;
    }
}
