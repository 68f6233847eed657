package dev.heddle.edge.socket;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The timers of one event loop: a hashed wheel (Varghese and Lauck), so that ten thousand heartbeats cost one periodic
 * tick and not ten thousand entries in a heap. Setting and cancelling are O(1); a timer fires at the first tick at or
 * after its time, never early.
 *
 * <p>Owned by one event loop. The loop calls {@link #tick()} every {@link #TICK_MILLIS} ms, and catches up after a
 * stall.
 */
final class TimingWheel {

    /** The interval of calls of {@link #tick()}, and so the largest delay of a timer, in ms. */
    static final int TICK_MILLIS = 50;

    private static final Logger log = LoggerFactory.getLogger(TimingWheel.class);
    private static final int SLOTS = 1024;

    private final @Nullable Timer[] slots = new Timer[SLOTS];
    private final LongSupplier nanoTime;
    private final long origin;
    private final List<Timer> firing = new ArrayList<>();
    private long tick;

    /** @param nanoTime a monotonic clock in ns */
    TimingWheel(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.origin = nanoTime.getAsLong();
    }

    /** A timer that has been set; it fires once. */
    final class Timer {
        private final Runnable task;
        private final long due;
        private @Nullable Timer next;
        private @Nullable Timer previous;
        private boolean set = true;

        private Timer(Runnable task, long due) {
            this.task = task;
            this.due = due;
        }

        /** Takes the timer back; after that it does not fire. Idempotent. */
        void cancel() {
            if (set) {
                unlink(this);
            }
        }
    }

    /** Runs the task on this loop after the delay; a delay of zero or less is the next tick. */
    Timer after(long millis, Runnable task) {
        long due = Math.max(tick + 1, (now() + Math.max(0, millis) + TICK_MILLIS - 1) / TICK_MILLIS);
        Timer timer = new Timer(task, due);
        int slot = slot(due);
        Timer head = slots[slot];
        timer.next = head;
        if (head != null) {
            head.previous = timer;
        }
        slots[slot] = timer;
        return timer;
    }

    /** Fires the timers that are due. A task may set and cancel timers; one that throws is logged. */
    void tick() {
        long target = now() / TICK_MILLIS;
        while (tick < target) {
            tick++;
            fire(slot(tick));
        }
    }

    private void fire(int slot) {
        for (Timer timer = slots[slot]; timer != null; timer = timer.next) {
            if (timer.due <= tick) {
                firing.add(timer);
            }
        }
        for (int i = 0; i < firing.size(); i++) {
            Timer timer = firing.get(i);
            if (timer.set) {
                unlink(timer);
                run(timer.task);
            }
        }
        firing.clear();
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).log("A timer failed; the others go on");
        }
    }

    private void unlink(Timer timer) {
        timer.set = false;
        if (timer.previous != null) {
            timer.previous.next = timer.next;
        } else {
            slots[slot(timer.due)] = timer.next;
        }
        if (timer.next != null) {
            timer.next.previous = timer.previous;
        }
        timer.next = null;
        timer.previous = null;
    }

    private static int slot(long tick) {
        return (int) (tick & (SLOTS - 1));
    }

    private long now() {
        return (nanoTime.getAsLong() - origin) / 1_000_000;
    }
}
