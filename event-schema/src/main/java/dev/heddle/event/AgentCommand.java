package dev.heddle.event;

/** What a user asks of the agents, as it lies in {@code agent-commands}. */
public sealed interface AgentCommand permits RunStart, RunResume, RunCancel {
    /** Id, owner, run and time of the command. */
    CommandHeader header();
}
