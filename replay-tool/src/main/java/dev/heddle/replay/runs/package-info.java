/**
 * Runs as their events tell them: what each was, and what happened in it and when.
 *
 * <p>The commands {@code runs}, {@code inspect} and {@code timeline} call in, each from its one thread.
 *
 * <p>Invariant: what is told is read from ITEMs after redaction, so nothing that is blacked out can come through.
 */
@NullMarked
package dev.heddle.replay.runs;

import org.jspecify.annotations.NullMarked;
