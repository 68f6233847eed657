/**
 * The format of the index: a filter of the users with records in each block of a partition of the log.
 *
 * <p>Edges build index records and read them, the replay tool reads them. Nothing here owns a thread; a
 * {@link dev.heddle.event.index.BlockFilterBuilder} belongs to the one thread that feeds it, all else is immutable and
 * may be shared.
 *
 * <p>Invariants: the same records of a block make the same bytes in every process. A filter never denies a user whose
 * record was added to it. Decoding arbitrary bytes throws only {@link dev.heddle.event.InvalidEventException}, nor
 * memory out of proportion to its length.
 */
@NullMarked
package dev.heddle.event.index;

import org.jspecify.annotations.NullMarked;
