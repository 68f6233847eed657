/**
 * The edge's side of Kafka: the only place of this module that knows it.
 *
 * <p>Each class owns its client and the thread that uses it; nothing here is called on an event loop in a way that could wait. It
 * implements the ports of {@code .hub} and {@code .command} and knows nothing of sockets.
 */
@NullMarked
package dev.heddle.edge.log;

import org.jspecify.annotations.NullMarked;
