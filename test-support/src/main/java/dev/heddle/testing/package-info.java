/**
 * The test support that several modules share: a real Kafka selected by one switch, Awaitility's polling intervals,
 * processes, free ports, a self-signed certificate and faulty tokens.
 *
 * <p>Tests call in, from their own threads. The shared Kafka lives as long as the JVM that runs the tests; a fresh
 * cluster lives until the test closes it.
 */
@NullMarked
package dev.heddle.testing;

import org.jspecify.annotations.NullMarked;
