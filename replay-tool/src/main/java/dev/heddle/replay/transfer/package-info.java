/**
 * The log as files and back, and as another topic: export, import, republish.
 *
 * <p>The commands of these names call in, each from its one thread; a {@link dev.heddle.replay.transfer.LogWriter} is
 * answered on Kafka's own.
 *
 * <p>Invariants: an event that was exported and imported has the same ITEM, byte for byte, or is refused. A user's
 * events keep their order, and every record is put into its key's partition. What republish has copied can be told from
 * the copy alone, so it can go on after any end.
 */
@NullMarked
package dev.heddle.replay.transfer;

import org.jspecify.annotations.NullMarked;
