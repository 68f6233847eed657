/**
 * The Kafka side of the log: creates and checks topics, and reads partitions past damaged batches.
 *
 * <p>Every role and tool calls in, on threads of its own; the package owns no thread but that of
 * {@link dev.heddle.topic.CompactedTopicReader}. Invariant: a reader never stops at a batch that it cannot read; it
 * skips the batch, counts it and names it.
 */
@NullMarked
package dev.heddle.topic;

import org.jspecify.annotations.NullMarked;
