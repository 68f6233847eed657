/**
 * The commands that read the log: a user's past events, new events, reports and verification.
 *
 * <p>The {@code heddle} command line calls in. Everything happens on its thread, the consumer included; a shutdown hook
 * only wakes it. It reads uncommitted, as every reader of the log does, writes nothing, and never joins a group.
 */
@NullMarked
package dev.heddle.replay;

import org.jspecify.annotations.NullMarked;
