/**
 * The command line's one entry, and the local stack: real Kafka, executor, edge and console in one process.
 *
 * <p>The {@code heddle} script calls in. The main thread starts what a command needs, waits for a signal, and stops it
 * in the opposite order; everything else happens on the threads of the roles. Only this package knows several roles,
 * and only the local stack signs tokens: neither can be switched on in an edge.
 */
@NullMarked
package dev.heddle.local;

import org.jspecify.annotations.NullMarked;
