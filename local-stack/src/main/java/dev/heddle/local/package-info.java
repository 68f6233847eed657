/**
 * The command line's entry point, and the local stack: real Kafka, executor, edge and console in one process.
 *
 * <p>The {@code heddle} script calls in. The main thread starts a command's parts, waits for a signal, and stops them
 * in the opposite order; everything else happens on the threads of the roles. Only this package depends on several
 * roles, and only development commands sign tokens: neither can be switched on in an edge.
 */
@NullMarked
package dev.heddle.local;

import org.jspecify.annotations.NullMarked;
