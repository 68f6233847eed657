package dev.heddle.event;

/** A user's command to the agents, a record of {@code agent-commands}. */
public sealed interface AgentCommand permits RunStart, RunResume, RunCancel {
    /** Id, owner, run and time of the command. */
    CommandHeader header();
}
