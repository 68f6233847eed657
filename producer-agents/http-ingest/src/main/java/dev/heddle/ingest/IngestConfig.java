package dev.heddle.ingest;

import dev.heddle.auth.AuthConfig;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.port.GuardedConnection;
import dev.heddle.role.ManagementConfig;
import java.time.Duration;

/**
 * The settings of HTTP ingest.
 *
 * @param http the public port
 * @param management the address of health and metrics
 * @param kafka the way to Kafka
 * @param topics the expected topics; ingest does not start on others
 * @param auth the verification of service tokens
 * @param limits the bounds on senders
 * @param waiting the bounds on batches that wait for the log
 * @param runs the memory of runs
 */
public record IngestConfig(
        Http http,
        ManagementConfig management,
        KafkaClientSettings kafka,
        TopicLayout topics,
        AuthConfig auth,
        Limits limits,
        Waiting waiting,
        Runs runs) {

    /** The defaults. They have no verification key, without which ingest does not start. */
    public static IngestConfig defaults() {
        return new IngestConfig(
                new Http("0.0.0.0", 8090, Duration.ofSeconds(20)),
                new ManagementConfig("0.0.0.0", 9465),
                KafkaClientSettings.at("localhost:9092"),
                TopicLayout.production(),
                AuthConfig.defaults(),
                Limits.defaults(),
                Waiting.defaults(),
                Runs.defaults());
    }

    /**
     * The public port.
     *
     * @param host the address to listen on
     * @param port the public port; 0 takes a free one
     * @param answerWithin the time that Kafka has for a batch before the response is 503
     * @param requestTimeout the time limit for the head of a new socket's request, and after that for the fetch of an
     *     unknown key
     * @param idleTimeout the longest pause between two requests on one socket
     * @param closeTimeout the time that a refused sender has to close its connection before the socket is cut
     * @param bodyTimeout the time limit for the body of a batch; after that the response is 408
     */
    public record Http(
            String host,
            int port,
            Duration answerWithin,
            Duration requestTimeout,
            Duration idleTimeout,
            Duration closeTimeout,
            Duration bodyTimeout) {
        public Http {
            require(port >= 0 && port <= 65_535, "http.port must be between 0 and 65535");
            require(answerWithin.toMillis() >= 1_000, "http.answerWithin must be at least 1s");
            require(
                    requestTimeout.toMillis() >= 100 && idleTimeout.toMillis() >= 100 && closeTimeout.toMillis() >= 100,
                    "http.requestTimeout, idleTimeout and closeTimeout must be at least 100ms");
            require(bodyTimeout.toMillis() >= 1_000, "http.bodyTimeout must be at least 1s");
        }

        /** With the default deadlines of what comes before a batch is worked on. */
        public Http(String host, int port, Duration answerWithin) {
            this(
                    host,
                    port,
                    answerWithin,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30));
        }

        /** The deadlines of a connection that brings no batch. */
        GuardedConnection.Times times() {
            return new GuardedConnection.Times(requestTimeout, idleTimeout, closeTimeout);
        }
    }

    /**
     * The bounds on senders. A sender is a token's subject.
     *
     * @param batchBytes the largest batch
     * @param batchEvents the most events of a batch
     * @param eventBytes the largest stored event; just under Kafka's default largest batch
     * @param inFlightBytes the bound on received bytes of unanswered batches, of all senders; one sender may hold as
     *     much as is left over, and gets 429 beyond that
     * @param uploads the bound on unanswered batches of all senders, shared in the same way
     * @param bodyBytesPerSecond the least rate of a batch's body in bytes per second; after 5 s below it the response
     *     is 408
     * @param unauthenticated the bound on sockets without an authenticated request; beyond it the one that waits
     *     longest is cut, first of an address that has more than an eighth of them
     */
    public record Limits(
            int batchBytes,
            int batchEvents,
            int eventBytes,
            int inFlightBytes,
            int uploads,
            int bodyBytesPerSecond,
            int unauthenticated) {
        public Limits {
            require(batchBytes >= 1_024 && batchBytes <= 64 << 20, "limits.batchBytes must be 1KiB to 64MiB");
            require(batchEvents >= 1, "limits.batchEvents must be at least 1");
            require(eventBytes >= 1_024, "limits.eventBytes must be at least 1KiB");
            require(
                    inFlightBytes / 2 >= batchBytes,
                    "limits.inFlightBytes must hold the largest batch (limits.batchBytes) twice");
            require(uploads >= 2, "limits.uploads must be at least 2");
            require(bodyBytesPerSecond >= 1, "limits.bodyBytesPerSecond must be at least 1");
            require(unauthenticated >= 1, "limits.unauthenticated must be at least 1");
        }

        /** With the default bounds of what comes before a batch is worked on. */
        public Limits(int batchBytes, int batchEvents, int eventBytes, int inFlightBytes) {
            this(batchBytes, batchEvents, eventBytes, inFlightBytes, 1_000, 4_096, 2_000);
        }

        public static Limits defaults() {
            return new Limits(4 << 20, 2_000, 960 << 10, 64 << 20);
        }
    }

    /**
     * The bounds on batches that wait for the log, in bytes of stored events; a batch beyond one is answered with 429.
     * A single batch is always accepted.
     *
     * @param userBytes the bound for one user
     * @param partitionBytes the bound for one partition of the log, so that a slow partition leaves room for the others
     */
    public record Waiting(int userBytes, int partitionBytes) {
        public Waiting {
            require(userBytes >= 1_024, "waiting.userBytes must be at least 1KiB");
            require(partitionBytes >= userBytes, "waiting.partitionBytes must hold one user's");
        }

        public static Waiting defaults() {
            return new Waiting(8 << 20, 16 << 20);
        }
    }

    /**
     * The memory of runs.
     *
     * @param remember the time for which a repeated first batch of a run is recognized; that much of a partition is
     *     read before its first new run
     * @param known the most runs of one partition that are kept in memory; other runs are looked up in the log
     * @param knownBytes the memory for runs of all partitions, each with an equal share; a quarter is added for the
     *     places of runs that are not kept
     */
    public record Runs(Duration remember, int known, int knownBytes) {
        public Runs {
            require(remember.toMillis() >= 1_000, "runs.remember must be at least 1s");
            require(known >= 1, "runs.known must be at least 1");
            require(knownBytes >= 1 << 20, "runs.knownBytes must be at least 1MiB");
        }

        public static Runs defaults() {
            return new Runs(Duration.ofHours(1), 50_000, 128 << 20);
        }
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException(problem);
        }
    }
}
