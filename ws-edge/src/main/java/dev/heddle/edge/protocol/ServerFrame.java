package dev.heddle.edge.protocol;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A control frame that an edge sends: everything of {@code heddle.v1} but {@code events}, whose bytes are put together
 * by {@link EventsFrame} without a tree.
 */
public sealed interface ServerFrame {

    /** The name of the WebSocket subprotocol, echoed in the handshake and told in {@code hello}. */
    String PROTOCOL = "heddle.v1";

    /** The first frame of every connection. */
    record Hello(Identity identity, Beginning beginning, Terms terms) implements ServerFrame {

        /** The session's id, made by this edge, and the user key's text. */
        public record Identity(String session, String user) {}

        /** The start of the session and its reason. */
        public record Beginning(String cursor, ResumeOutcome outcome, int partition) {}

        /**
         * The terms of the connection: heartbeat interval in seconds, largest client frame in bytes, end of the token.
         */
        public record Terms(long heartbeatSeconds, int maxFrameBytes, Instant tokenExpiresAt) {}
    }

    /** The outcome of a resume: exactly one of three. */
    sealed interface ResumeOutcome {}

    /** Delivery goes on after the client's cursor. */
    record Resumed() implements ResumeOutcome {}

    /** No cursor was given. */
    record Fresh() implements ResumeOutcome {}

    /**
     * The cursor cannot be continued.
     *
     * @param reason one of the contract's words: retention, truncated, generation, foreign, malformed
     * @param lost the range in which events may have been lost
     */
    record Reset(String reason, Lost lost) implements ResumeOutcome {}

    /** A range of the log as two cursors: after {@code from}, up to {@code to}. */
    record Lost(String from, String to) {}

    /** Sent once a connection, when the end of the log at connect has been reached. */
    record CaughtUp(String cursor) implements ServerFrame {}

    /** The agents on offer: all of them ({@code complete}) or those that changed. */
    record Agents(Extent extent, List<AgentLine> agents) implements ServerFrame {

        /** The extent of a frame: every agent, or only the changed ones. */
        public enum Extent {
            ALL,
            CHANGED
        }

        public Agents {
            agents = List.copyOf(agents);
        }
    }

    /** One agent on offer; {@code status} is the contract's word. */
    record AgentLine(
            String agentId, String status, @Nullable String description) {}

    /** The command is in the log, acknowledged by Kafka. */
    record Accepted(String id, String runId) implements ServerFrame {}

    /** The command was not taken. */
    record Rejected(String id, RejectCode code, String message) implements ServerFrame {}

    /** The connection's token was renewed. */
    record TokenRenewed(Instant expiresAt) implements ServerFrame {}

    /** The state of Kafka, sent when it changes. */
    record Status(Upstream upstream) implements ServerFrame {}

    /** The answer to a client's {@code ping}. */
    record Pong() implements ServerFrame {}

    /** The last frame before the edge closes with 4001; {@code reason} is {@code draining} or {@code maximumAge}. */
    record Goodbye(String reason, long retryAfterMs, String cursor) implements ServerFrame {}
}
