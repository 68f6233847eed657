/**
 * The facts of runs, read from their events.
 *
 * <p>The commands {@code runs}, {@code inspect} and {@code timeline} call in, each from its one thread.
 *
 * <p>Invariant: facts are read from ITEMs after redaction, so no redacted part can appear in them.
 */
@NullMarked
package dev.heddle.replay.runs;

import org.jspecify.annotations.NullMarked;
