/**
 * HTTP ingest: executors in any language append their runs' events with a POST, in batches.
 *
 * <p>Clients call in over HTTP. Vert.x event loops take the requests and its workers read the batches; each partition
 * of the log has a {@link dev.heddle.ingest.PartitionAppender} that one thread at a time works on, and only appenders
 * write. A node writes to a partition with the transactional id that all nodes use for that partition, so that Kafka
 * refuses the former holder. The node reads the log after that, when only the node itself can change it.
 *
 * <p>Invariants: each {@code runSeq} of a run is appended once, in order, however often and to whichever nodes it is
 * sent; nothing of a batch with a bad item is appended; a batch is answered with 200 only when Kafka has acknowledged
 * all of it.
 */
@NullMarked
package dev.heddle.ingest;

import org.jspecify.annotations.NullMarked;
