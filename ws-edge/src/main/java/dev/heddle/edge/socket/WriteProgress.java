package dev.heddle.edge.socket;

/** The progress of a connection's writes, from which a slow reader is told from one that is gone. */
interface WriteProgress {
    /** The bytes that wait for room in the kernel's send buffer. */
    long backlog();

    /** A number that changes whenever the kernel has taken bytes. */
    long progress();
}
