/**
 * The load: events whose every byte is known beforehand, a publisher that keeps to a timetable, and thousands of
 * clients on one thread that check what they receive.
 *
 * <p>Called by the suites and, for the same frames, by the floors. A {@link dev.heddle.bench.load.OpenLoopPublisher}
 * owns one thread, a {@link dev.heddle.bench.load.Fleet} another; everything else belongs to one of these two or is
 * immutable. Invariant: an event carries the instant at which it was due ({@link System#nanoTime()}), even if it was
 * sent later; so a stall counts as latency of every event that it delays.
 */
@NullMarked
package dev.heddle.bench.load;

import org.jspecify.annotations.NullMarked;
