/**
 * The proof that the log keeps what Heddle promises: every record where it belongs and readable, every run numbered
 * without a gap, legal and ended once, an index that hides nothing; and that what a client recorded is what the log
 * holds.
 *
 * <p>The {@code verify}, {@code import} and {@code republish} commands call in.
 * {@link dev.heddle.replay.verify.LogVerification} reads partitions in parallel, each by one thread with all of that
 * partition's state; what is found is gathered by {@link dev.heddle.replay.verify.Findings}, which any thread tells.
 *
 * <p>Invariants: memory grows with the open runs and the number of runs of the partitions at hand, not with events. The
 * unknown beginning of a run that began before the range is no finding.
 */
@NullMarked
package dev.heddle.replay.verify;

import org.jspecify.annotations.NullMarked;
