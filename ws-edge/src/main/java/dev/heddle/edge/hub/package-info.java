/**
 * Delivery: the windows over the log's newest records, the sessions that read them, and catch-up for the sessions that
 * lie further back.
 *
 * <p>Plain Java without a Kafka or Vert.x type, so all of delivery runs in a unit test. The log is reached through
 * {@link dev.heddle.edge.hub.EventLog}, a client's connection through {@link dev.heddle.edge.hub.SessionSink}.
 *
 * <p>Threads: only the tail thread writes windows and record chains; catch-up threads own their scans; a session
 * belongs to one event loop. State that crosses between them is published by a release store (the window's end) or
 * handed over as a task. There is no lock.
 *
 * <p>Arrows: the hub knows its sessions and readers, and none of them knows the hub. A session has a
 * {@code Session.Context}, the tail a {@code Subscriber}, a request its requester.
 *
 * <p>Invariants: a session never reads a record of another user; a session's offset only grows; records that a reader
 * took from a window were not evicted meanwhile.
 */
@NullMarked
package dev.heddle.edge.hub;

import org.jspecify.annotations.NullMarked;
