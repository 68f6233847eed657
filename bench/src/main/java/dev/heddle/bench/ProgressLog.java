package dev.heddle.bench;

import java.io.PrintWriter;
import java.util.Locale;

/** The log of a benchmark's progress: lines on standard error, each with the seconds since the start. */
final class ProgressLog {
    private final PrintWriter err;
    private final long begin = System.nanoTime();

    ProgressLog(PrintWriter err) {
        this.err = err;
    }

    /** Prints one line; {@code format} is that of {@link String#format}. */
    void say(String format, Object... values) {
        err.printf(
                Locale.ROOT,
                "[%5.1f s] %s%n",
                (System.nanoTime() - begin) / 1e9,
                String.format(Locale.ROOT, format, values));
        err.flush();
    }
}
