package dev.heddle.event;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The command {@code run.start}, which runs an agent.
 *
 * @param input AG-UI's RunAgentInput without threadId and runId; not changed afterwards
 */
public record RunStart(CommandHeader header, String agentId, ObjectNode input) implements AgentCommand {
    public RunStart {
        Ids.check("agentId", agentId);
    }
}
