/**
 * What the tool prints: which events are wanted, how one looks on a line, what is blacked out, in which time they come;
 * tables, bars and progress for people.
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
