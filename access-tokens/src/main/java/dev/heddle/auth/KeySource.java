package dev.heddle.auth;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys to verify with, as they change: looked at again every so often, and when a token comes whose key is unknown, but for that not more often than the cool-down allows.
 * A look that fails leaves the last good keys in place.
 *
 * <p>{@link #current()} and {@link #lookAgain} from any thread, and they wait for nothing; the looking is done by a thread of its own.
 */
final class KeySource implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KeySource.class);

    /** Tokens that may wait for one look; more are refused at once. */
    private static final int MAX_WAITING = 1_000;

    private final @Nullable KeyLocation location;
    private final Duration refresh;
    private final Duration coolDown;
    private final AtomicInteger waiting = new AtomicInteger();
    private final @Nullable ScheduledExecutorService thread;
    private volatile @Nullable VerificationKeys current;
    private volatile long lastLook = System.nanoTime();
    private volatile boolean failed;
    private final AtomicInteger failures = new AtomicInteger();

    private KeySource(@Nullable KeyLocation location, Duration refresh, Duration coolDown) {
        this.location = location;
        this.refresh = refresh;
        this.coolDown = coolDown;
        this.thread = location == null
                ? null
                : Executors.newSingleThreadScheduledExecutor(task -> {
                    Thread made = new Thread(task, "heddle-keys");
                    made.setDaemon(true);
                    return made;
                });
    }

    /** Keys that never change. */
    static KeySource fixed(@Nullable VerificationKeys keys) {
        KeySource source = new KeySource(null, Duration.ZERO, Duration.ZERO);
        source.current = keys;
        return source;
    }

    /**
     * Keys that are looked at again and again.
     *
     * @throws UnusableKeysException if a file's cannot be used; an address may be away at first, and is asked again until it is not
     */
    static KeySource watching(KeyLocation location, Duration refresh, Duration coolDown) {
        KeySource source = new KeySource(location, refresh, coolDown);
        try {
            source.current = location.read();
        } catch (UnusableKeysException e) {
            if (location instanceof KeyLocation.OfFile) {
                source.close();
                throw e;
            }
            source.failed(e);
        }
        source.lastLook = System.nanoTime();
        source.schedule();
        return source;
    }

    private void schedule() {
        if (thread != null) {
            long every = Math.min(coolDown.toMillis(), refresh.toMillis());
            var unused = thread.scheduleWithFixedDelay(this::lookIfDue, every, every, TimeUnit.MILLISECONDS);
        }
    }

    /** The keys that hold now, or null as long as there were none. */
    @Nullable
    VerificationKeys current() {
        return current;
    }

    /** Whether there is something to verify with. */
    boolean isUsable() {
        return location == null || current != null;
    }

    /** How many looks have failed. */
    int failures() {
        return failures.get();
    }

    /**
     * Has the keys looked at again, unless that was just done.
     *
     * @param then run afterwards on the looking thread
     * @return false if nothing will be done, and so {@code then} not be run
     */
    boolean lookAgain(Runnable then) {
        if (thread == null || sinceLook() < coolDown.toNanos()) {
            return false;
        }
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            return false;
        }
        try {
            thread.execute(() -> {
                // Whoever waited for another's look finds it done.
                if (sinceLook() >= coolDown.toNanos()) {
                    look();
                }
                waiting.decrementAndGet();
                then.run();
            });
            return true;
        } catch (RejectedExecutionException e) {
            waiting.decrementAndGet();
            return false;
        }
    }

    private long sinceLook() {
        return System.nanoTime() - lastLook;
    }

    private void lookIfDue() {
        if (failed || sinceLook() >= refresh.toNanos()) {
            look();
        }
    }

    private void look() {
        try {
            if (location != null) {
                current = location.read();
                failed = false;
            }
        } catch (UnusableKeysException e) {
            failed(e);
        } finally {
            lastLook = System.nanoTime();
        }
    }

    private void failed(UnusableKeysException why) {
        failed = true;
        failures.incrementAndGet();
        log.atWarn()
                .addKeyValue("why", why.getMessage())
                .addKeyValue("kept", current != null)
                .log("The keys could not be read; the last good ones stay");
    }

    @Override
    public void close() {
        if (thread != null) {
            thread.shutdownNow();
        }
    }
}
