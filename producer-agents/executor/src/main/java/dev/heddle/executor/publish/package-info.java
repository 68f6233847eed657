/**
 * {@code heddle publish}: appends a run's events that are read from lines of JSON.
 *
 * <p>The command line calls in, on its main thread.
 */
@NullMarked
package dev.heddle.executor.publish;

import org.jspecify.annotations.NullMarked;
