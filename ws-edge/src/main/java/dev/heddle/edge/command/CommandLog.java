package dev.heddle.edge.command;

import dev.heddle.event.AgentCommand;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The topic {@code agent-commands}, which keeps accepted commands for executors. */
public interface CommandLog {

    /** The outcome of an append. */
    enum Outcome {
        /** Kafka has acknowledged it on all in-sync replicas. */
        APPENDED,
        /** The record is larger than the log takes; it was not appended. */
        TOO_LARGE,
        /** Kafka is away, slow or refused: it may still have been appended. */
        UNAVAILABLE
    }

    /**
     * Appends one command under its user's key, in the user's partition. Never blocks and never throws for a log that
     * is away.
     *
     * @param trace the header of the trace that the command belongs to, for the executor to go on with; null for none
     * @param done told the outcome exactly once, on any thread, perhaps before this returns
     */
    void append(AgentCommand command, byte @Nullable [] trace, Consumer<Outcome> done);
}
