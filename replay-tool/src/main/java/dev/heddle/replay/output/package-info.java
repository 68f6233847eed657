/**
 * The output of the tool: the filter of events, their form on a line, redaction, the pace at which they come; tables,
 * bars and progress for people.
 *
 * <p>The commands call in, each from its one thread, but for {@link dev.heddle.replay.output.Progress}, which any
 * thread tells. Data go to standard output as bytes, talk to standard error; colours and progress only where a terminal
 * is.
 *
 * <p>Invariant: without a redaction an ITEM is printed in the very bytes that an edge sends.
 */
@NullMarked
package dev.heddle.replay.output;

import org.jspecify.annotations.NullMarked;
