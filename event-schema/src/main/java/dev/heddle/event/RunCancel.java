package dev.heddle.event;

/** The command {@code run.cancel}: stop this run. */
public record RunCancel(CommandHeader header) implements AgentCommand {}
