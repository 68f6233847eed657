/**
 * The output of the tool: the filter of events, their form on a line, redaction and pace; tables, bars and progress for
 * people.
 *
 * <p>The commands call in, each from its one thread; only {@link dev.heddle.replay.output.Progress} is for any thread.
 * Data go to standard output as bytes, messages to standard error; colours and progress go only to a terminal.
 *
 * <p>Invariant: without a redaction an ITEM is printed in the very bytes that an edge sends.
 */
@NullMarked
package dev.heddle.replay.output;

import org.jspecify.annotations.NullMarked;
