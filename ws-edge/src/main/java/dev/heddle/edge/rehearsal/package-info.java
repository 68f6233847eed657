/**
 * The rehearsal of delivery before an edge is ready, so that its first clients meet compiled code: a cold JVM's slowest
 * deliveries took fifty times as long as a warm one's.
 *
 * <p>The composition root calls in, once, on its own thread, which waits. Invariants: the hub, server and clients are
 * real ones but none of the edge's own; the log is in memory and the only users are made up; the server listens on
 * loopback, takes tokens of a key that exists only here, and is gone before the edge listens. A failure here costs
 * warmth, nothing else.
 */
@NullMarked
package dev.heddle.edge.rehearsal;

import org.jspecify.annotations.NullMarked;
