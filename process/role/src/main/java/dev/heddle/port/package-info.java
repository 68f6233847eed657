/**
 * Bounds and deadlines for the connections of an HTTP port that have not been authenticated, and for the bodies of
 * requests that have ({@link dev.heddle.port.RequestBody}).
 *
 * <p>Called by the edge, by ingest, and by the management port of each role. A {@link dev.heddle.port.ConnectionGuard}
 * is part of the Vert.x instance whose ports it guards: it sees a connection when it is accepted, before TLS and HTTP.
 * The connections of one guard are counted in one {@link dev.heddle.port.PendingConnections}, which event loops share
 * and which is locked for microseconds; all else of a {@link dev.heddle.port.GuardedConnection} belongs to that
 * connection's event loop.
 *
 * <p>Invariants: a connection is pending from its acceptance until it is admitted or gone; a pending connection always
 * has a deadline; a task for a connection's end runs exactly once.
 */
@NullMarked
package dev.heddle.port;

import org.jspecify.annotations.NullMarked;
