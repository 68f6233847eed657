package dev.heddle.auth;

import dev.heddle.concurrent.DaemonThreads;
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
 * The verification keys, refreshed every {@code auth.keysRefresh}. Tokens with an unknown key bring about another
 * refresh, at most one in {@code auth.keysCoolDown}, for which all such tokens wait. A failed refresh leaves the last
 * good keys in place until they are older than {@code auth.keysMaxAge}. A refresh that finds no usable key is no
 * failure: there are no keys from then on.
 *
 * <p>{@link #current()} and {@link #await} are for any thread and do not block. A thread of its own refreshes the keys
 * and verifies the tokens that have waited.
 */
final class KeySource implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KeySource.class);

    private final @Nullable KeyLocation location;
    private final Duration refreshInterval;
    private final Duration coolDown;
    private final Duration maxAge;
    private final Queue<TokenAwaitingKey> waiting = new ConcurrentLinkedQueue<>();
    private final @Nullable ScheduledExecutorService thread;
    private volatile @Nullable VerificationKeys current;
    private volatile long lastRefresh = System.nanoTime();
    private volatile long lastGood = System.nanoTime();
    private volatile boolean failed;

    /** The number of refreshes that have begun. */
    private final AtomicLong refreshes = new AtomicLong();

    /** True if a refresh for waiting tokens is planned. Owned by the thread. */
    private boolean planned;

    private final AtomicInteger failures = new AtomicInteger();

    private KeySource(@Nullable KeyLocation location, Rotation rotation) {
        this.location = location;
        this.refreshInterval = rotation.refresh();
        this.coolDown = rotation.coolDown();
        this.maxAge = rotation.maxAge();
        this.thread = location == null
                ? null
                : Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("heddle-keys"));
    }

    /**
     * The times of refreshes.
     *
     * @param refresh how often
     * @param coolDown the least time between two refreshes that unknown keys bring about
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
     * Starts a source of keys that are refreshed.
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
        source.lastRefresh = System.nanoTime();
        source.schedule();
        return source;
    }

    private void schedule() {
        if (thread != null) {
            long every = Math.min(coolDown.toMillis(), refreshInterval.toMillis());
            var unused = thread.scheduleWithFixedDelay(this::refreshIfDue, every, every, TimeUnit.MILLISECONDS);
        }
    }

    /** The present keys; null if none have been read yet, or if they are too old. */
    @Nullable
    VerificationKeys current() {
        return location != null && ageNanos() > maxAge.toNanos() ? null : current;
    }

    /** True if there is a key, or a secret, to verify with. */
    boolean isUsable() {
        return location == null || count() > 0;
    }

    /** The number of present keys. */
    int count() {
        VerificationKeys now = current();
        return now == null ? 0 : now.count();
    }

    /** The time since the keys were last read, or since the start if they never were. */
    long ageNanos() {
        return location == null ? 0 : System.nanoTime() - lastGood;
    }

    /** The number of failed refreshes. */
    int failures() {
        return failures.get();
    }

    /**
     * Makes a token wait for the next refresh, after which it is answered.
     *
     * @return false if the token does not wait, and so is not answered: keys never change, the next refresh is later
     *     than its limit allows, or there is no place
     */
    boolean await(TokenAwaitingKey token) {
        if (thread == null
                || untilRefresh() > token.limit().patience().toNanos()
                || !token.limit().enter()) {
            return false;
        }
        token.begin(refreshes.get());
        waiting.add(token);
        try {
            thread.execute(() -> attend(token));
        } catch (RejectedExecutionException e) {
            answerAll();
        }
        return true;
    }

    /** Answers a token whose key has just been read, or else plans a refresh for it. */
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
            var unused = thread.schedule(this::refreshForWaiting, untilRefresh(), TimeUnit.NANOSECONDS);
        }
    }

    private void refreshForWaiting() {
        planned = false;
        if (waiting.isEmpty()) {
            return; // another refresh has answered them
        }
        if (untilRefresh() > 0) {
            plan();
        } else {
            refresh();
        }
    }

    private void release(TokenAwaitingKey token) {
        if (waiting.remove(token)) {
            token.limit().leave();
        }
    }

    /** Answers the tokens that came before the last refresh began. */
    private void answer() {
        for (Iterator<TokenAwaitingKey> each = waiting.iterator(); each.hasNext(); ) {
            TokenAwaitingKey token = each.next();
            boolean known = token.isAnsweredBy(current());
            if (known || token.hasSeenRefresh(refreshes.get())) {
                token.giveUp();
                each.remove();
                token.limit().leave();
            }
        }
    }

    private long untilRefresh() {
        return Math.max(0, coolDown.toNanos() - sinceRefresh());
    }

    private long sinceRefresh() {
        return System.nanoTime() - lastRefresh;
    }

    private void refreshIfDue() {
        if (failed || sinceRefresh() >= refreshInterval.toNanos()) {
            refresh();
        }
    }

    private void refresh() {
        refreshes.incrementAndGet();
        try {
            if (location != null) {
                found(location.read());
                failed = false;
            }
        } catch (UnusableKeysException e) {
            failed(e);
        } catch (RuntimeException | Error e) {
            // An exception would end all further refreshes, and leave waiting tokens without an answer.
            log.atError().setCause(e).log("A refresh of the keys failed");
            failed(new UnusableKeysException("a refresh failed: " + e.getClass().getSimpleName()));
        } finally {
            lastRefresh = System.nanoTime();
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

    private void failed(UnusableKeysException problem) {
        failed = true;
        failures.incrementAndGet();
        if (current() == null) {
            log.atError()
                    .addKeyValue("error", problem.getMessage())
                    .log("The keys could not be read and there are none that still hold: all tokens are refused");
        } else {
            log.atWarn()
                    .addKeyValue("error", problem.getMessage())
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

    /** Answers all tokens, as there is no further refresh. */
    private void answerAll() {
        for (TokenAwaitingKey token = waiting.poll(); token != null; token = waiting.poll()) {
            token.giveUp();
            token.limit().leave();
        }
    }
}
