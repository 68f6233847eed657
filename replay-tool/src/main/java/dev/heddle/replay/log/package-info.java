/**
 * Readers of the log and its index: the log's identity, its partitions' offsets, one user's events, all events, and new
 * events.
 *
 * <p>The commands and the other packages of the tool call in. A {@link dev.heddle.replay.log.LogConsumer} belongs to
 * the one thread that opened it; {@link dev.heddle.replay.log.PartitionSweep} runs one on each of several threads.
 * Everything is read uncommitted, nothing is written, no group is joined.
 *
 * <p>Invariants: a scan continues at the consumer's position, never at the last record plus one. The index only serves
 * to skip: a block without a valid index record is read.
 */
@NullMarked
package dev.heddle.replay.log;

import org.jspecify.annotations.NullMarked;
