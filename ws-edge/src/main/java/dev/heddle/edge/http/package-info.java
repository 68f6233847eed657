/**
 * Frontends written by others, over HTTP: their routes, and the translation of a user's events into their protocols.
 *
 * <p>Nothing here is a second way of delivery. A request comes as a {@link dev.heddle.edge.socket.Exchange}, a command
 * goes to the same desk as a WebSocket's, and a response is a session of the hub whose bytes an
 * {@link dev.heddle.edge.socket.AnswerBody} makes. Another frontend is another package beside this one.
 *
 * <p>All of it runs on the event loop of its request and waits for nothing. Translations are pure functions of an
 * event; the state of an answer belongs to that answer.
 *
 * <p>Invariants: what the edge makes up for a client has no id; an answer is complete only after a terminal event.
 */
@NullMarked
package dev.heddle.edge.http;

import org.jspecify.annotations.NullMarked;
