package dev.heddle.executor;

import dev.heddle.agents.PartitionFence;
import java.util.Set;

/**
 * A command partition that this executor has taken over.
 *
 * @param fence the right to append for its commands
 * @param ahead the cancels beyond what had been settled then
 * @param history what other processes appended for its commands
 */
record TakenPartition(PartitionFence fence, PendingCancels ahead, PartitionHistory history) {

    /** The part that is needed after the last command that another process may have had. */
    TakenPartition withoutPast() {
        return new TakenPartition(fence, new PendingCancels(Set.of(), ahead.end()), new PartitionHistory());
    }
}
