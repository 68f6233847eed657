package dev.heddle.event;

/** The command {@code run.cancel}, which stops a run. */
public record RunCancel(CommandHeader header) implements AgentCommand {}
