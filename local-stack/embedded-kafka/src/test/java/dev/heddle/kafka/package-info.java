/** Tests of the embedded Kafka, each on a cluster of its own: they stop, break and restart it. */
@NullMarked
package dev.heddle.kafka;

import org.jspecify.annotations.NullMarked;
