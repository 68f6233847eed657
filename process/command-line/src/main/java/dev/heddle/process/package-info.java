/**
 * The parts of every command: Kafka options, signals, orderly stop, exit codes, printable text.
 *
 * <p>The command of a role calls in once, from the main thread, and blocks there. A signal's thread, which the JVM
 * makes, only ends that wait, or stops the work of a command that has none.
 */
@NullMarked
package dev.heddle.process;

import org.jspecify.annotations.NullMarked;
