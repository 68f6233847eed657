package dev.heddle.executor;

import dev.heddle.event.CommandHeader;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A command that can be decoded, and the assignment and the place in the topic that it was read from. */
record CommandRecord(PartitionAssignment assignment, Place place, StoredCommand command) {

    /** The heap that a waiting command takes beside its stored form, in bytes. */
    private static final long OVERHEAD = 1 << 10;

    /**
     * The place of a command in its partition.
     *
     * @param at when the broker appended it
     * @param traceparent W3C's header of the step that appended it, or null
     */
    record Place(long offset, Instant at, @Nullable String traceparent) {}

    CommandHeader header() {
        return command.header();
    }

    long offset() {
        return place.offset();
    }

    Instant at() {
        return place.at();
    }

    @Nullable
    String traceparent() {
        return place.traceparent();
    }

    RunKey runKey() {
        return RunKey.of(header());
    }

    ThreadKey threadKey() {
        return ThreadKey.of(header());
    }

    /** The heap that the command takes while it waits, in bytes. */
    long weight() {
        return OVERHEAD + command.size();
    }

    /** The logged part of the command's run, if another process may have begun it; else null. */
    @Nullable
    LoggedRun trace() {
        return assignment.loggedRun(runKey(), offset());
    }

    /** True if the log holds a reply to this command already. */
    boolean isAnswered() {
        return assignment.isAnswered(header(), offset());
    }

    /** True if its user had asked to stop the run before the partition was taken over. */
    boolean isCancelled() {
        return assignment.isCancelled(runKey());
    }

    /** Settles the command, which has ended in acknowledged events. */
    void settle() {
        assignment.offsets().settle(offset());
    }
}
