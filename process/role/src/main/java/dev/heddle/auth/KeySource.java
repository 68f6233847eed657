package dev.heddle.auth;

import java.time.Duration;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys to verify with, as they change: looked at again every so often, and when a token comes whose key is unknown,
 * but for that not more often than the cool-down allows: all that come meanwhile wait for one look. A look that fails
 * leaves the last good keys in place, until they are older than {@code auth.keysMaxAge}: then there are none. A look
 * that finds no usable key is no failure: there are none from then on.
 *
 * <p>{@link #current()} and {@link #await} from any thread, and they block nobody; the looking is done by a thread of
 * its own, which also judges those who have waited, so that many of them take no time of those who have not.
 */
final class KeySource implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KeySource.class);

    private final @Nullable KeyLocation location;
    private final Duration refresh;
    private final Duration coolDown;
    private final Duration maxAge;
    private final Queue<TokenAwaitingKey> waiting = new ConcurrentLinkedQueue<>();
    private final @Nullable ScheduledExecutorService thread;
    private volatile @Nullable VerificationKeys current;
    private volatile long lastLook = System.nanoTime();
    private volatile long lastGood = System.nanoTime();
    private volatile boolean failed;

    /** Looks that have begun. */
    private final AtomicLong looks = new AtomicLong();

    /** Whether a look for those who wait has been planned. The thread's own. */
    private boolean planned;

    private final AtomicInteger failures = new AtomicInteger();

    private KeySource(@Nullable KeyLocation location, Rotation rotation) {
        this.location = location;
        this.refresh = rotation.refresh();
        this.coolDown = rotation.coolDown();
        this.maxAge = rotation.maxAge();
        this.thread = location == null
                ? null
                : Executors.newSingleThreadScheduledExecutor(task -> {
                    Thread made = new Thread(task, "heddle-keys");
                    made.setDaemon(true);
                    return made;
                });
    }

    /**
     * How keys are looked at again.
     *
     * @param refresh how often
     * @param coolDown the least time between two looks that unknown keys bring about
     * @param maxAge for how long keys hold while none can be read
     */
    record Rotation(Duration refresh, Duration coolDown, Duration maxAge) {}

    /** Keys that never change. */
    static KeySource fixed(@Nullable VerificationKeys keys) {
        KeySource source = new KeySource(null, new Rotation(Duration.ZERO, Duration.ZERO, Duration.ZERO));
        source.current = keys;
        return source;
    }

    /**
     * Keys that are looked at again and again.
     *
     * @throws UnusableKeysException if a file's cannot be used; an address may be away at first, and is asked again
     *     until it is not
     */
    static KeySource watching(KeyLocation location, Rotation rotation) {
        KeySource source = new KeySource(location, rotation);
        try {
            VerificationKeys first = location.read();
            source.found(
                    location instanceof KeyLocation.OfFile file ? first.orThrow("the key file " + file.file()) : first);
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

    /** The keys that hold now; null if there were none yet, or those that there were are too old. */
    @Nullable
    VerificationKeys current() {
        return location != null && ageNanos() > maxAge.toNanos() ? null : current;
    }

    /** Whether there is something to verify with. */
    boolean isUsable() {
        return location == null || count() > 0;
    }

    /** How many keys hold now. */
    int count() {
        VerificationKeys now = current();
        return now == null ? 0 : now.count();
    }

    /** The time since the keys were last read, or since the start if they never were. */
    long ageNanos() {
        return location == null ? 0 : System.nanoTime() - lastGood;
    }

    /** How many looks have failed. */
    int failures() {
        return failures.get();
    }

    /**
     * Has a token wait for the next look at the keys, and answered after it.
     *
     * @return false if it shall not wait, and so will not be answered: keys never change, the next look is too far away
     *     for its room, or the room is full
     */
    boolean await(TokenAwaitingKey token) {
        if (thread == null
                || untilLook() > token.room().patience().toNanos()
                || !token.room().enter()) {
            return false;
        }
        token.begin(looks.get());
        waiting.add(token);
        try {
            thread.execute(() -> attend(token));
        } catch (RejectedExecutionException e) {
            answerAll();
        }
        return true;
    }

    /** It may have come too late for keys that were being read just then; else a look is planned for it. */
    private void attend(TokenAwaitingKey token) {
        if (token.isAnsweredBy(current())) {
            release(token);
        } else if (!waiting.isEmpty()) {
            plan();
        }
    }

    private void plan() {
        if (thread != null && !planned) {
            planned = true;
            var unused = thread.schedule(this::lookForThem, untilLook(), TimeUnit.NANOSECONDS);
        }
    }

    private void lookForThem() {
        planned = false;
        if (waiting.isEmpty()) {
            return; // another look has answered them
        }
        if (untilLook() > 0) {
            plan();
        } else {
            look();
        }
    }

    private void release(TokenAwaitingKey token) {
        if (waiting.remove(token)) {
            token.room().leave();
        }
    }

    /** Answers those who came before the last look began. */
    private void answer() {
        for (Iterator<TokenAwaitingKey> each = waiting.iterator(); each.hasNext(); ) {
            TokenAwaitingKey token = each.next();
            boolean known = token.isAnsweredBy(current());
            if (known || token.hasSeenALook(looks.get())) {
                token.giveUp();
                each.remove();
                token.room().leave();
            }
        }
    }

    private long untilLook() {
        return Math.max(0, coolDown.toNanos() - sinceLook());
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
        looks.incrementAndGet();
        try {
            if (location != null) {
                found(location.read());
                failed = false;
            }
        } catch (UnusableKeysException e) {
            failed(e);
        } catch (RuntimeException | Error e) {
            // What a look throws would end all further looks, and leave those who wait for one without an answer.
            log.atError().setCause(e).log("A look at the keys failed");
            failed(new UnusableKeysException("a look failed: " + e.getClass().getSimpleName()));
        } finally {
            lastLook = System.nanoTime();
        }
        answer();
    }

    private void found(VerificationKeys keys) {
        VerificationKeys before = current;
        current = keys;
        lastGood = System.nanoTime();
        if (before != null
                && before.count() == keys.count()
                && before.problems().equals(keys.problems())) {
            return; // said before
        }
        if (keys.count() == 0) {
            log.atError()
                    .addKeyValue("problems", keys.problems())
                    .log("There is no key to verify tokens with: all are refused until there is one");
        } else if (!keys.problems().isEmpty()) {
            log.atWarn()
                    .addKeyValue("problems", keys.problems())
                    .addKeyValue("keys", keys.count())
                    .log("Some of the keys cannot be used; the others are");
        }
    }

    private void failed(UnusableKeysException why) {
        failed = true;
        failures.incrementAndGet();
        if (current() == null) {
            log.atError()
                    .addKeyValue("why", why.getMessage())
                    .log("The keys could not be read and there are none that still hold: all tokens are refused");
        } else {
            log.atWarn()
                    .addKeyValue("why", why.getMessage())
                    .addKeyValue("ageSeconds", ageNanos() / 1_000_000_000)
                    .log("The keys could not be read; the last good ones stay for auth.keysMaxAge");
        }
    }

    @Override
    public void close() {
        if (thread != null) {
            thread.shutdownNow();
        }
        answerAll();
    }

    /** There will be no look any more. */
    private void answerAll() {
        for (TokenAwaitingKey token = waiting.poll(); token != null; token = waiting.poll()) {
            token.giveUp();
            token.room().leave();
        }
    }
}
