package dev.heddle.ingest;

import dev.heddle.auth.AuthConfig;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.port.GuardedConnection;
import dev.heddle.role.ManagementConfig;
import java.time.Duration;

/**
 * All that HTTP ingest is configured by.
 *
 * @param http how it listens
 * @param management where health and metrics are served
 * @param kafka how to reach Kafka
 * @param topics what the topics are expected to be; ingest does not start on others
 * @param auth how service tokens are verified
 * @param limits what senders may do
 * @param waiting how much may wait for the log
 * @param runs what is remembered of runs
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

    /** What holds unless configured; without a verification key, with which ingest does not start. */
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
     * How ingest listens.
     *
     * @param host the address to listen on
     * @param port the public port; 0 takes a free one
     * @param answerWithin how long Kafka may take for a batch before it is answered with 503
     * @param requestTimeout how long a new socket may take to send its request's head, and how long after that its
     *     token may wait for a key that is not known yet
     * @param idleTimeout how long a socket may stay open between two requests
     * @param closeTimeout how long a sender that was refused may take to hang up before its socket is cut
     * @param bodyTimeout how long a batch may take to come; after that it is answered with 408
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

        /** How long a connection may take that brings no batch. */
        GuardedConnection.Times times() {
            return new GuardedConnection.Times(requestTimeout, idleTimeout, closeTimeout);
        }
    }

    /**
     * What senders may do. A sender is a token's subject.
     *
     * @param batchBytes the largest batch
     * @param batchEvents the most events of a batch
     * @param eventBytes the largest stored event; just under Kafka's default largest batch
     * @param inFlightBytes what has come of batches and is being worked on, together; a sender may hold as much of it
     *     as is left over, and gets 429 for more
     * @param uploads batches that are coming or being worked on, together; shared in the same way
     * @param bodyBytesPerSecond the least rate at which a batch must come; after 5 s below it the batch is answered
     *     with 408
     * @param unauthenticated sockets whose next request, or whose token, is waited for; one more, and the one that has
     *     been waited for longest goes, first of an address that has more than an eighth of them
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
     * How much may wait for the log, in bytes of stored events; a batch beyond it is answered with 429. A single batch
     * always may.
     *
     * @param userBytes of one user
     * @param partitionBytes of one partition of the log, so that one that is slow or away leaves room for the others
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
     * What is remembered of runs.
     *
     * @param remember for how long a run's first batch is known again when it is sent again; so much of a partition is
     *     read before the first new run in it
     * @param known the most runs of one partition that are kept in memory; one that is not is looked up in the log
     * @param knownBytes the memory for runs of all partitions, of which each has an equal share; a quarter is added for
     *     where to look those up that are not kept
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
