/**
 * How a process of Heddle lives and ends, the same for every role: signals, orderly stopping, exit codes.
 *
 * <p>The command of a role calls in once, from the main thread, and blocks there. The JVM's signal thread completes a
 * future and nothing more.
 */
@NullMarked
package dev.heddle.process;

import org.jspecify.annotations.NullMarked;
