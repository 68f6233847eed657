package dev.heddle.replay.output;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * A progress line on the terminal, shown once work has lasted for a second; without a terminal it only counts. Any
 * thread.
 */
public final class Progress implements AutoCloseable {
    private static final long FIRST_NANOS = 1_000_000_000L;
    private static final long EVERY_NANOS = 200_000_000L;
    private static final String WIPE = "\r\u001b[K";

    private final PrintWriter out;
    private final boolean shown;
    private final String what;
    private final LongAdder done = new LongAdder();
    private final long began = System.nanoTime();
    private final AtomicLong next = new AtomicLong(began + FIRST_NANOS);
    private volatile long total;

    /**
     * @param shown false without a terminal
     * @param what is counted, in the plural
     */
    public Progress(PrintWriter out, boolean shown, String what) {
        this.out = out;
        this.shown = shown;
        this.what = what;
    }

    /** Sets the expected amount of work. */
    public void expect(long amount) {
        total = amount;
    }

    /** Adds finished work. */
    public void add(long amount) {
        done.add(amount);
        long due = next.get();
        long now = System.nanoTime();
        if (shown && now - due >= 0 && next.compareAndSet(due, now + EVERY_NANOS)) {
            out.print(WIPE + line());
            out.flush();
        }
    }

    /** The work done so far. */
    public long done() {
        return done.sum();
    }

    /** The seconds since the start. */
    public double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    private String line() {
        long sum = done.sum();
        String share = total > 0 ? String.format(Locale.ROOT, "%3d %%  ", Math.min(100, 100 * sum / total)) : "";
        return String.format(Locale.ROOT, "%s%,d of %,d %s  %,d/s", share, sum, total, what, rate());
    }

    /** The work done per second. */
    public long rate() {
        return Math.round(done.sum() / Math.max(1e-9, seconds()));
    }

    /** Wipes the line. */
    @Override
    public void close() {
        if (shown && System.nanoTime() - began >= FIRST_NANOS) {
            out.print(WIPE);
            out.flush();
        }
    }
}
