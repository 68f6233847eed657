/**
 * The log and the other topics as Kafka keeps them. Besides {@link dev.heddle.edge.index}, this is the only package of
 * the edge that imports Kafka.
 *
 * <p>The composition root makes {@link dev.heddle.edge.log.KafkaEventLog} and gives it to the hub as
 * {@link dev.heddle.edge.hub.EventLog}. A log reader belongs to the thread of the hub that polls it; everything else is
 * thread-safe. Every reader is {@code read_uncommitted}: a transaction is the executors' fence and never hides an event
 * that was acknowledged.
 *
 * <p>{@link dev.heddle.edge.log.KafkaCommandLog} appends commands on a thread of its own,
 * {@link dev.heddle.edge.log.KafkaAgentReader} reads the executors' announcements, and
 * {@link dev.heddle.edge.log.TopicGate} checks the topics before an edge starts.
 */
@NullMarked
package dev.heddle.edge.log;

import org.jspecify.annotations.NullMarked;
