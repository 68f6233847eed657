/**
 * The verification of Heddle's promises on the log: every record is readable and in its partition, every run is
 * numbered without a gap, legal and ended once, and the index hides nothing. It also compares a client's record with
 * the log.
 *
 * <p>The {@code verify}, {@code import} and {@code republish} commands call in.
 * {@link dev.heddle.replay.verify.LogVerification} reads partitions in parallel, each by one thread with all of that
 * partition's state; {@link dev.heddle.replay.verify.Findings} gathers the findings of all threads.
 *
 * <p>Invariants: memory grows with the number of runs of the partitions in work, not with events. The unknown beginning
 * of a run that began before the range is no finding.
 */
@NullMarked
package dev.heddle.replay.verify;

import org.jspecify.annotations.NullMarked;
