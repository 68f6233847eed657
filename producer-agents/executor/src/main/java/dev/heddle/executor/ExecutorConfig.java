package dev.heddle.executor;

import dev.heddle.agents.PublisherSettings;
import dev.heddle.agents.ToolRunner;
import dev.heddle.config.ByteSize;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.trace.TraceConfig;
import java.time.Duration;
import java.util.Map;

/**
 * The settings of an executor. Immutable; the defaults are here and nowhere else.
 *
 * @param kafka the way to Kafka
 * @param publisher the publisher of events
 * @param runs the bounds on runs
 * @param tools the bounds on calls of tools
 * @param takeover the treatment of runs whose process died
 * @param commands the acceptance of commands
 * @param threads the reading of threads from the log
 * @param status the announcement of the executor
 * @param management the address of health and metrics
 * @param tracing the export of traces
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
     * The bounds on runs.
     *
     * @param maxConcurrent the most runs at once in this executor; further ones wait
     * @param maxPerUser the most runs at once of one user; where there are several places, one is always left to others
     * @param deadline the longest time of a run before it is ended
     * @param drain the time that a stopping executor leaves its runs to finish before it ends them
     * @param grace the time that an agent may work on after the end of its run; then another run gets its place, and
     *     its thread counts as lost
     * @param maxLostThreads the number of lost threads, of agents and tools that do not end, at which the executor
     *     stops being ready, agents keep their places, and tools are not called
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
     * The treatment of runs whose process died.
     *
     * @param attempts the most attempts at a run, the first one included; after them a run that kills its processes is
     *     ended
     * @param commitEvery the interval between commits of a partition fence's transaction; no reader waits for them
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
     * The acceptance of commands.
     *
     * @param group the consumer group that executors share
     * @param maxAge the greatest age of a run.start when its turn comes; an older one is not started
     * @param dedup the time for which ids are remembered, so that the same command or run does not run twice
     * @param maxOutstanding the most waiting runs of all users; beyond that, the newest run of the user with the most
     *     waiting bytes is {@code rate_limited}
     * @param waitingPerUser the most waiting runs of one user; one more is {@code rate_limited}
     * @param waitingBytes the bound on the commands of all waiting runs; each counts its stored bytes and 1 KiB
     * @param waitingBytesPerUser the bound on the commands of one user's waiting runs
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
     * The reading of AG-UI threads from the log, for runs that continue them.
     *
     * @param stateBytes the bound on a thread's state under STATE_DELTA, and on an activity under ACTIVITY_DELTA; each
     *     value in it counts 16 bytes and its text. A delta that exceeds the bound is left out and counted
     * @param remembered the most threads whose message ids are kept in memory, the last used ones, with at most 200,000
     *     ids in all; another thread is read from the log first if a run brings more than one message to it
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
     * The announcement of the executor.
     *
     * @param executorId the executor's id, unique among executors; empty for a generated one
     * @param every the interval between announcements; readers take an executor as gone after three missed ones
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
     * The address of health and metrics.
     *
     * @param host the address to listen on
     * @param port the port of health and metrics; 0 for a free one, -1 for none
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
