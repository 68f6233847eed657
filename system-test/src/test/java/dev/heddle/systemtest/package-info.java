/**
 * The whole of Heddle judged from outside: real processes, real sockets, clients that others wrote.
 *
 * <p>Nothing here calls into the modules; a {@link dev.heddle.systemtest.Stack} is {@code heddle dev} in a process of
 * its own, and all that is known of it is its address, its Kafka's address and its data directory. Surefire's thread
 * runs the tests; sockets of the JDK call back on theirs. Invariant: a test waits for an answer, never for time, and
 * what it expects is in the wire contract.
 */
@NullMarked
package dev.heddle.systemtest;

import org.jspecify.annotations.NullMarked;
