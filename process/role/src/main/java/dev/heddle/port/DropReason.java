package dev.heddle.port;

/** The reason why a guard ended a connection. */
public enum DropReason {
    /** The peer took too long. */
    DEADLINE,
    /** There were too many pending connections, and this one made room. */
    ROOM,
    /** The peer sent requests and did not read the answers. */
    UNREAD
}
