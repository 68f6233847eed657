package dev.heddle.edge.hub;

/** The reason for which the hub ends a session. */
public enum EndReason {
    /** The log changed under the session (re-created, re-partitioned, truncated, expired): it resumes by its cursor. */
    LOG_CHANGED,
    /** A bug, or a failure of a collaborator; not the client's fault. */
    INTERNAL,
    /** A record of another user came near the socket; it was not written. */
    FOREIGN_EVENT
}
