/**
 * The log as Kafka keeps it: the one package of the edge that imports Kafka.
 *
 * <p>Beside the log lies its index: every edge runs an {@link dev.heddle.edge.log.IndexBuilder}, on a thread of its
 * own, and what {@link dev.heddle.edge.log.KafkaEventLog#openIndex} gives reads what they all have built. The index
 * only lets a reader skip; where it is missing, stale, garbage or not read in time, anybody's record may lie.
 *
 * <p>The composition root makes what is here and hands it to the hub as {@link dev.heddle.edge.hub.EventLog}. A reader
 * belongs to the hub thread that polls it; the admin client behind the rest is thread-safe. Every reader is
 * {@code read_uncommitted}: a transaction is the executors' fence, never a veil over events that were acknowledged.
 *
 * <p>Beside the log: {@link dev.heddle.edge.log.KafkaCommandLog} appends commands from a thread of its own,
 * {@link dev.heddle.edge.log.KafkaAgentReader} follows what executors offer, {@link dev.heddle.edge.log.TopicGate}
 * looks at the topics before an edge starts on them.
 */
@NullMarked
package dev.heddle.edge.log;

import org.jspecify.annotations.NullMarked;
