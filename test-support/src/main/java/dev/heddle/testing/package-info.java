/**
 * What the tests of several modules share: a real Kafka by one switch, the pace of Awaitility, free ports, keys and
 * tokens.
 *
 * <p>Tests call in, from their own threads. The shared Kafka lives as long as the JVM that runs the tests; a fresh
 * cluster as long as the test that asked for it.
 */
@NullMarked
package dev.heddle.testing;

import org.jspecify.annotations.NullMarked;
