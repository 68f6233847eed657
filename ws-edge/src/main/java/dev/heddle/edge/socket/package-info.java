/**
 * The edge's clients: HTTP, the WebSocket handshake and the connections, on Vert.x.
 *
 * <p>One verticle instance for each event loop ({@link dev.heddle.edge.socket.EdgeVerticle}), event-loop model; a
 * connection and all that belongs to it lives on the loop that accepted it and has no lock. Only these cross loops:
 * {@link dev.heddle.edge.socket.Admission}'s counts, and tasks handed to a connection's own loop. Nothing here blocks.
 *
 * <p>Invariants: {@code hello} is the first frame; only {@link dev.heddle.edge.socket.WebSocketSink} writes events, and
 * only those whose record key is the connection's authenticated user; a connection's memory is bounded for any client.
 */
@NullMarked
package dev.heddle.edge.socket;

import org.jspecify.annotations.NullMarked;
