/**
 * The transfer of the log to files, back, and to another topic: export, import, republish.
 *
 * <p>The commands of these names call in, each from its one thread; a {@link dev.heddle.replay.transfer.LogWriter}'s
 * answers come on Kafka's.
 *
 * <p>Invariants: an event that was exported and imported has the same ITEM, byte for byte, or is refused. A user's
 * events keep their order, and every record goes into its key's partition. The copy alone tells what republish has
 * copied, so it can continue after any interruption.
 */
@NullMarked
package dev.heddle.replay.transfer;

import org.jspecify.annotations.NullMarked;
