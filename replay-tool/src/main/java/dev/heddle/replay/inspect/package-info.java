/**
 * Reports on topics, partitions, sizes, users, schemas, index coverage and unreadable records.
 *
 * <p>The {@code inspect} command calls in; {@link dev.heddle.replay.inspect.PartitionStatistics} is made by one thread
 * for each partition. These reports judge nothing; {@code verify} does.
 */
@NullMarked
package dev.heddle.replay.inspect;

import org.jspecify.annotations.NullMarked;
