package dev.heddle.edge.protocol;

/** The state of Kafka as an edge sees it; the name in lower case is the wire's word. */
public enum Upstream {
    /** Kafka answers. */
    OK,
    /** Kafka does not answer, or has lost the log: events wait there, and commands are unavailable. */
    DEGRADED
}
