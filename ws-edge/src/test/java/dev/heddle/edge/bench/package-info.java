/**
 * JMH benchmarks of what {@code event-schema} does for an edge; those of the hub are in its own package. Run by
 * {@code -Pjmh}, see {@code docs/performance.md}; compiled by every build. One thread, no Kafka, no socket.
 */
@NullMarked
package dev.heddle.edge.bench;

import org.jspecify.annotations.NullMarked;
