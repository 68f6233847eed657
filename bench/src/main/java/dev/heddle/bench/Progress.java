package dev.heddle.bench;

import java.io.PrintWriter;
import java.util.Locale;

/** What a benchmark is doing just now, a line each on standard error, with the seconds since it began. */
final class Progress {
    private final PrintWriter err;
    private final long begin = System.nanoTime();

    Progress(PrintWriter err) {
        this.err = err;
    }

    /** One line; {@code format} as of {@link String#format}. */
    void say(String format, Object... values) {
        err.printf(
                Locale.ROOT,
                "[%5.1f s] %s%n",
                (System.nanoTime() - begin) / 1e9,
                String.format(Locale.ROOT, format, values));
        err.flush();
    }
}
