/**
 * The floors, programs that do the same work without Heddle, each in a process of its own: a bare Vert.x server that
 * writes the same frames to the same number of WebSockets, and a bare Kafka consumer of the same topic.
 *
 * <p>The suites start them by their {@code main} and send them orders as lines on standard input, each answered by one
 * line. Invariant: they promise nothing (no users to tell apart, no bounds, no resuming), so an edge's cost above
 * theirs is the price of its promises.
 */
@NullMarked
package dev.heddle.bench.floor;

import org.jspecify.annotations.NullMarked;
