/**
 * Delivery: the windows over the log's newest records, the sessions that read them, and the catch-up for those that lie
 * further back.
 *
 * <p>Plain Java: no Kafka and no Vert.x type, so that all of delivery runs in a unit test. The log is reached through
 * {@link dev.heddle.edge.hub.EventLog}, a client's connection through {@link dev.heddle.edge.hub.SessionSink}.
 *
 * <p>Threads: the tail thread alone writes windows and chains; catch-up threads own their scans; a session belongs to
 * one event loop. What crosses between them is published by a release store (the window's end) or handed over as a
 * task. There is no lock.
 *
 * <p>Invariants: a session never reads a record whose user is not its own; a session's offset only grows; what a reader
 * took from a window was not evicted meanwhile.
 */
@NullMarked
package dev.heddle.edge.hub;

import org.jspecify.annotations.NullMarked;
