/**
 * The parts of every command: Kafka options, signals, orderly stop, exit codes, printable text.
 *
 * <p>The command of a role calls in once, from the main thread, and blocks there. The JVM's signal thread completes a
 * future and nothing more.
 */
@NullMarked
package dev.heddle.process;

import org.jspecify.annotations.NullMarked;
