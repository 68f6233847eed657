package dev.heddle.bench.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/**
 * A timer that keeps to a timetable: event {@code i} of a run is due {@code i / rate} seconds after the run's start,
 * and late events go out at once, with the times at which they were due. Runs on a thread of its own between
 * {@link #start} and {@link #stop()}.
 */
public final class Pace {
    private static final double NANOS = 1e9;
    private static final long HIGHEST_NANOS = TimeUnit.MINUTES.toNanos(30);
    private static final long STOP_MILLIS = TimeUnit.MINUTES.toMillis(2);

    private final Sender sender;
    private final SingleWriterRecorder lateness = new SingleWriterRecorder(HIGHEST_NANOS, 3);
    private volatile boolean running;
    private volatile @Nullable RuntimeException failure;
    private @Nullable Thread thread;

    /** The receiver of due events. Called on the pace's thread. */
    public interface Sender {
        /** Sends one event, or gathers it. */
        void send(long due);

        /** Sends the gathered events, because no further one is due now. */
        void flush();
    }

    public Pace(Sender sender) {
        this.sender = sender;
    }

    /** Starts a run of {@code perSecond} events a second. */
    public void start(double perSecond) {
        running = true;
        Thread own = new Thread(() -> run(perSecond), "pace");
        own.setDaemon(true);
        thread = own;
        own.start();
    }

    private void run(double perSecond) {
        try {
            long begin = System.nanoTime();
            double every = NANOS / perSecond;
            long next = 0;
            long due = begin;
            while (running) {
                long now = System.nanoTime();
                if (due > now) {
                    sender.flush();
                    LockSupport.parkNanos(this, due - System.nanoTime());
                } else {
                    sender.send(due);
                    lateness.recordValue(Math.min(HIGHEST_NANOS, now - due));
                    due = begin + (long) (++next * every);
                }
            }
            sender.flush();
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    /** Ends the run; throws the exception that ended it earlier, if there was one. */
    public void stop() {
        running = false;
        Thread own = thread;
        if (own != null) {
            try {
                own.join(STOP_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        RuntimeException problem = failure;
        if (problem != null) {
            throw problem;
        }
    }

    /** The delays of events behind the timetable since the last call, in ns. */
    public Histogram takeLateness() {
        return lateness.getIntervalHistogram();
    }
}
