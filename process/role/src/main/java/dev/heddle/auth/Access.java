package dev.heddle.auth;

import dev.heddle.config.KafkaClientSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The authentication of a role's clients: the keys, the revocations, and the verifier that uses both. Opened once by
 * the role's composition root and closed with it; owns a thread for keys, one for revocations, and those that check
 * signatures.
 */
public final class Access implements AutoCloseable {

    private static final long LOOK_EVERY_NANOS = Duration.ofMillis(5).toNanos();

    private final KeySource keys;
    private final Revocations revocations;
    private final RevocationReader reader;
    private final TokenVerifier verifier;

    private final SignatureCheckExecutor threads;

    private Access(
            TokenVerifier.Knowledge knowledge,
            TokenVerifier verifier,
            SignatureCheckExecutor threads,
            RevocationReader reader) {
        this.keys = knowledge.keys();
        this.verifier = verifier;
        this.revocations = knowledge.revocations();
        this.threads = threads;
        this.reader = reader;
    }

    /**
     * Starts to read keys and revocations; returns before the revocations are read, see {@link #hasKeys()} and
     * {@link #hasRevocations()}.
     *
     * @throws UnusableKeysException with one line, if there is no key to verify with, or a file with keys or secret
     *     cannot be used
     */
    public static Access open(AuthConfig config, KafkaClientSettings kafka, Clock clock) {
        KeySource keys = keys(config);
        try {
            Revocations revocations = new Revocations(config.skew());
            TokenVerifier.Knowledge knowledge = new TokenVerifier.Knowledge(keys, revocations, clock);
            SignatureCheckExecutor threads = new SignatureCheckExecutor();
            TokenVerifier verifier = new TokenVerifier(config, knowledge, threads);
            return new Access(knowledge, verifier, threads, new RevocationReader(kafka, revocations));
        } catch (RuntimeException e) {
            keys.close();
            throw e;
        }
    }

    /**
     * Fails if {@link #open} would fail for lack of a key; a role calls it before it connects to Kafka.
     *
     * @throws UnusableKeysException with one line
     */
    public static void requireKeys(AuthConfig config) {
        if (config.keysUrl() == null) { // what is at an address may come later
            keys(config).close();
        }
    }

    private static KeySource keys(AuthConfig config) {
        String file = config.keys();
        String url = config.keysUrl();
        KeySource.Rotation rotation =
                new KeySource.Rotation(config.keysRefresh(), config.keysCoolDown(), config.keysMaxAge());
        if (url != null) {
            return KeySource.watching(KeyLocation.url(url), rotation);
        }
        if (file != null && !file.isBlank()) {
            return KeySource.watching(KeyLocation.file(file), rotation);
        }
        if (config.secret() != null && config.algorithms().size() == 1) {
            return KeySource.fixed(null);
        }
        throw UnusableKeysException.none();
    }

    /** The verifier of this role's clients. */
    public TokenVerifier verifier() {
        return verifier;
    }

    /** The revocations of users' tokens. */
    public Revocations revocations() {
        return revocations;
    }

    /** True if there is a key to verify with; the keys' address may be unreachable at start. */
    public boolean hasKeys() {
        return keys.isUsable();
    }

    /** True if the revocations have been read up to their end at start. */
    public boolean hasRevocations() {
        return reader.isCaughtUp();
    }

    /**
     * Blocks its caller until there are keys and the revocations have been read; false if this takes longer than
     * {@code patience}.
     */
    public boolean await(Duration patience) {
        long begun = System.nanoTime();
        while (!hasKeys() || !hasRevocations()) {
            if (System.nanoTime() - begun > patience.toNanos()
                    || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(this, LOOK_EVERY_NANOS);
        }
        return true;
    }

    /** The number of keys; 0 if there is only a secret. */
    public int keyCount() {
        return keys.count();
    }

    /** Seconds since the keys were last read; after {@code auth.keysMaxAge} they are no longer used. */
    public double keyAgeSeconds() {
        return keys.ageNanos() / 1e9;
    }

    /**
     * The number of failed reads of the keys since the start; the last good keys stay in use for
     * {@code auth.keysMaxAge}.
     */
    public int keyFailures() {
        return keys.failures();
    }

    /**
     * The number of unreadable offsets of the revocations' topic since the start: each may be a revocation that is not
     * enforced. They are counted again when the topic is read again.
     */
    public long unreadableRevocations() {
        return reader.unreadable();
    }

    @Override
    public void close() {
        reader.close();
        keys.close();
        threads.close();
    }
}
