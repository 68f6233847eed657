/**
 * The Java client of {@code heddle.v1}.
 *
 * <p>{@link dev.heddle.client.HeddleClient} keeps a user connected: it resumes with its cursor, renews its token and
 * sends commands again. {@link dev.heddle.client.HeddleConnection} below it is one connection and its text frames. Both
 * use only the JDK's WebSocket and Jackson.
 *
 * <p>Applications call in from any thread. Listeners are called on threads of the {@link java.net.http.HttpClient}, by
 * one thread at a time for one client or connection.
 */
@NullMarked
package dev.heddle.client;

import org.jspecify.annotations.NullMarked;
