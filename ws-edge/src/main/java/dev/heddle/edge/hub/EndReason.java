package dev.heddle.edge.hub;

/** Why the hub ends a session of its own accord. */
public enum EndReason {
    /** The log changed under the session (re-created, re-partitioned, truncated, expired): it resumes by its cursor. */
    LOG_CHANGED,
    /** A bug or a broken collaborator: nothing that the client did. */
    INTERNAL,
    /** A record of another user came near the socket; it was not written. */
    FOREIGN_EVENT
}
