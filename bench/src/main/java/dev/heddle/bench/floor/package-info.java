/**
 * What the same work costs without Heddle, each in a process of its own: a bare Vert.x server that writes the same
 * frames to the same number of WebSockets, and a bare Kafka consumer of the same topic.
 *
 * <p>Started by the suites as programs ({@code main}); told what to do by lines on standard input, each answered by one
 * line. Invariant: they promise nothing (no users to tell apart, no bounds, no resuming), so whatever an edge costs
 * above them is the price of its promises.
 */
@NullMarked
package dev.heddle.bench.floor;

import org.jspecify.annotations.NullMarked;
