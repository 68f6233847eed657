/**
 * The log as Kafka keeps it: the one package of the edge that imports Kafka.
 *
 * <p>The composition root makes what is here and hands it to the hub as {@link dev.heddle.edge.hub.EventLog}. A reader
 * belongs to the hub thread that polls it; the admin client behind the rest is thread-safe. Every reader is
 * {@code read_uncommitted}: a transaction is the executors' fence, never a veil over events that were acknowledged.
 */
@NullMarked
package dev.heddle.edge.log;

import org.jspecify.annotations.NullMarked;
