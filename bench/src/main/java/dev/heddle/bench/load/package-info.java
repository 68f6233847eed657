/**
 * The load: events whose every byte is known beforehand, a publisher that keeps to a timetable, thousands of clients on
 * one thread, and their verdict.
 *
 * <p>Called by the suites and, for the same frames, by the floors. A {@link dev.heddle.bench.load.OpenLoopPublisher}
 * owns one thread, a {@link dev.heddle.bench.load.Fleet} another; everything else belongs to one of these two or is
 * immutable. Invariant: an event carries the instant at which it was due ({@link System#nanoTime()}), whenever it was
 * really sent; so a stall is charged to whoever caused it.
 */
@NullMarked
package dev.heddle.bench.load;

import org.jspecify.annotations.NullMarked;
