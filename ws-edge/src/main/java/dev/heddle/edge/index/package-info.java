/**
 * The index of the log: it excludes blocks of a partition that hold no record of a user. A reader of the log only uses
 * it to skip; where the index is missing, stale, invalid or not read in time, a block may hold any user's record.
 *
 * <p>Building: each edge runs an {@link dev.heddle.edge.index.IndexBuilder} on a thread of its own, all of them in one
 * consumer group. Reading: {@link dev.heddle.edge.index.KafkaIndex} is made by the log and opens a
 * {@link dev.heddle.edge.hub.BlockIndex} for each reader of history; all share one cache, and each is called by one
 * thread.
 *
 * <p>Invariants: an index record is appended only when its block is complete; a block counts as read only together with
 * all later index records, which may revoke it.
 */
@NullMarked
package dev.heddle.edge.index;

import org.jspecify.annotations.NullMarked;
