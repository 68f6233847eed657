package dev.heddle.executor;

import dev.heddle.agents.PublisherSettings;
import dev.heddle.agents.ToolRunner;
import dev.heddle.config.ByteSize;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.trace.TraceConfig;
import java.time.Duration;
import java.util.Map;

/**
 * Everything about an executor that can be set. Immutable; the defaults are here and nowhere else.
 *
 * @param kafka where Kafka is, and plain properties for its clients
 * @param publisher how events are published
 * @param runs how many, and for how long
 * @param tools what calls of tools may take
 * @param takeover what becomes of runs whose process died
 * @param commands which commands are taken
 * @param threads what is read back of threads
 * @param status how the executor announces itself
 * @param management where it answers questions about itself
 * @param tracing whether and where traces are exported
 */
public record ExecutorConfig(
        KafkaClientSettings kafka,
        PublisherSettings publisher,
        Runs runs,
        ToolRunner.Limits tools,
        Takeover takeover,
        Commands commands,
        Threads threads,
        Status status,
        Management management,
        TraceConfig tracing) {

    public static ExecutorConfig defaults() {
        return new ExecutorConfig(
                new KafkaClientSettings("127.0.0.1:9092", Map.of()),
                PublisherSettings.defaults(),
                Runs.defaults(),
                ToolRunner.Limits.defaults(),
                Takeover.defaults(),
                Commands.defaults(),
                Threads.defaults(),
                Status.defaults(),
                new Management("127.0.0.1", Management.NONE),
                TraceConfig.off());
    }

    /** The same on another Kafka; {@code Settings.with} changes any setting. */
    public ExecutorConfig withKafka(KafkaClientSettings other) {
        return new ExecutorConfig(
                other, publisher, runs, tools, takeover, commands, threads, status, management, tracing);
    }

    /**
     * How many runs, and for how long.
     *
     * @param maxConcurrent runs at once in this executor; further ones wait
     * @param maxPerUser runs at once of one user; where there are several places, one is always left to others
     * @param deadline how long a run may take before it is ended
     * @param drain how long a stopping executor lets runs finish before it ends them
     * @param grace how long an agent may go on after its run has ended; then its place is another's and its thread is
     *     lost
     * @param maxLostThreads threads of agents and tools that do not end and are given up; at so many the executor is
     *     not ready any more, agents keep their places, and tools are not called
     */
    public record Runs(
            int maxConcurrent, int maxPerUser, Duration deadline, Duration drain, Duration grace, int maxLostThreads) {
        public Runs {
            require(maxConcurrent >= 1, "maxConcurrent must be at least 1");
            require(maxPerUser >= 1, "maxPerUser must be at least 1");
            require(deadline.toMillis() >= 1, "deadline must be positive");
            require(!drain.isNegative(), "drain must not be negative");
            require(grace.toMillis() >= 1, "grace must be positive");
            require(maxLostThreads >= 1, "maxLostThreads must be at least 1");
        }

        public static Runs defaults() {
            return new Runs(256, 32, Duration.ofMinutes(30), Duration.ofSeconds(10), Duration.ofSeconds(2), 64);
        }
    }

    /**
     * What becomes of runs whose process died.
     *
     * @param attempts how often a run is begun at most, the first time included; one that its processes seem to die of
     *     ends
     * @param commitEvery how often the transaction of a partition's fence is committed; no reader waits for that
     */
    public record Takeover(int attempts, Duration commitEvery) {
        public Takeover {
            require(attempts >= 1, "attempts must be at least 1");
            require(
                    commitEvery.toMillis() >= 100 && commitEvery.toSeconds() <= 30,
                    "commitEvery must be 100 ms to 30 s");
        }

        public static Takeover defaults() {
            return new Takeover(5, Duration.ofSeconds(5));
        }
    }

    /**
     * Which commands are taken.
     *
     * @param group the consumer group that executors share
     * @param maxAge a run.start that is older when its turn comes is not begun any more
     * @param dedup how long an id is remembered, so that the same command or run is not run twice
     * @param maxOutstanding runs that wait here, of all users; beyond, the newest of the user with most bytes waiting
     *     is {@code rate_limited}
     * @param waitingPerUser runs of one user that wait here; one more is {@code rate_limited}
     * @param waitingBytes bytes of the commands of waiting runs, of all users, each with 1 KiB beside what is stored
     * @param waitingBytesPerUser the same of one user
     */
    public record Commands(
            String group,
            Duration maxAge,
            Duration dedup,
            int maxOutstanding,
            int waitingPerUser,
            ByteSize waitingBytes,
            ByteSize waitingBytesPerUser) {
        public Commands {
            require(!group.isBlank(), "group must not be empty");
            require(maxAge.toMillis() >= 1, "maxAge must be positive");
            require(dedup.compareTo(maxAge) >= 0, "dedup must not be shorter than maxAge");
            require(maxOutstanding >= 1, "maxOutstanding must be at least 1");
            require(waitingPerUser >= 1, "waitingPerUser must be at least 1");
            require(waitingBytesPerUser.bytes() >= 2 << 20, "waitingBytesPerUser must be at least 2MiB");
            require(
                    waitingBytes.bytes() >= waitingBytesPerUser.bytes(),
                    "waitingBytes must be at least waitingBytesPerUser");
        }

        public static Commands defaults() {
            return new Commands(
                    "heddle-executors",
                    Duration.ofHours(1),
                    Duration.ofHours(24),
                    50_000,
                    10_000,
                    ByteSize.mebibytes(128),
                    ByteSize.mebibytes(32));
        }
    }

    /**
     * What is read back of threads for runs that go on with them.
     *
     * @param stateBytes how large STATE_DELTA may make a thread's state, and ACTIVITY_DELTA an activity; each value in
     *     it counts 16 bytes and its text. A delta that makes it larger is left out and counted
     * @param remembered threads whose message ids are kept in memory, those that were used last, with at most 200,000
     *     ids in all; any other thread is read back first when a run brings more than one message to it
     */
    public record Threads(ByteSize stateBytes, int remembered) {
        public Threads {
            require(
                    stateBytes.bytes() >= 64 << 10 && stateBytes.bytes() <= 256 << 20,
                    "stateBytes must be 64KiB to 256MiB");
            require(remembered >= 1 && remembered <= 1_000_000, "remembered must be 1 to 1000000");
        }

        public static Threads defaults() {
            return new Threads(ByteSize.mebibytes(8), 5_000);
        }
    }

    /**
     * How the executor announces itself.
     *
     * @param executorId unique among executors; empty for one that is made at start
     * @param every how often; readers take an executor as gone after three misses
     */
    public record Status(String executorId, Duration every) {
        public Status {
            require(every.toMillis() >= 10, "every must be at least 10 ms");
        }

        public static Status defaults() {
            return new Status("", Duration.ofSeconds(10));
        }
    }

    /**
     * Where the executor answers questions about itself: health and metrics.
     *
     * @param host the address to listen on
     * @param port of health and metrics; 0 for any free one, -1 for none at all
     */
    public record Management(String host, int port) {
        /** No management port. */
        public static final int NONE = -1;

        public Management {
            require(port >= NONE && port <= 65_535, "port must be -1 (none) to 65535");
        }
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException(problem);
        }
    }
}
