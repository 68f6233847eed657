/**
 * A real Kafka (KRaft) inside this process, for the local stack and for tests; never for production.
 *
 * <p>The local stack and the test fixtures call in, through {@link dev.heddle.kafka.EmbeddedKafka} only. Kafka's own
 * threads do the work; the caller's thread starts and stops brokers, one such call at a time. Every socket listens on
 * loopback only, and a lock file keeps a data directory to one running instance.
 */
@NullMarked
package dev.heddle.kafka;

import org.jspecify.annotations.NullMarked;
