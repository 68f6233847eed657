package dev.heddle.event;

import com.fasterxml.jackson.databind.node.ArrayNode;

/**
 * The command {@code run.resume}, which continues from a run that ended in an interrupt. Agent, messages and state come
 * from the log.
 *
 * @param resume AG-UI's resume entries; not changed afterwards
 */
public record RunResume(CommandHeader header, ArrayNode resume) implements AgentCommand {}
