/**
 * Traces through Heddle: from a command to its run, from a publish to the frame, in W3C's trace context and exported by
 * OTLP.
 *
 * <p>Opened by a role's composition root, called from any thread; nothing here waits. Off is the default, and then
 * nothing is made, kept or sent. Spans bear no user, no id and no text of users or agents.
 */
@NullMarked
package dev.heddle.trace;

import org.jspecify.annotations.NullMarked;
