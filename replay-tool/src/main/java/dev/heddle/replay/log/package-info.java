/**
 * Reading the log and its index: which log it is, how far its partitions go, one user's part of it, all of it, what
 * comes.
 *
 * <p>The commands and the other packages of the tool call in. A {@link dev.heddle.replay.log.LogConsumer} belongs to
 * the one thread that opened it; {@link dev.heddle.replay.log.PartitionSweep} runs one on each of several threads.
 * Everything is read uncommitted, nothing is written, no group is joined.
 *
 * <p>Invariants: where reading goes on is the consumer's position, never the last record plus one. The index only ever
 * skips: without a record of it that stands, a block is read.
 */
@NullMarked
package dev.heddle.replay.log;

import org.jspecify.annotations.NullMarked;
