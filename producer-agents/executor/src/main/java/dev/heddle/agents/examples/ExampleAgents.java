package dev.heddle.agents.examples;

import dev.heddle.agents.AgentProvider;
import dev.heddle.agents.AgentRegistry;
import dev.heddle.agents.AgentSpec;
import java.util.List;

/** The example agents under the ids by which clients start them. */
public final class ExampleAgents implements AgentProvider {

    @Override
    public List<AgentSpec> agents() {
        return List.of(
                new AgentSpec("echo", "Streams your last message back, word by word.", EchoAgent::new),
                AgentSpec.resumable(
                        "countdown",
                        "Counts down; forwardedProps {\"count\":50,\"intervalMs\":100} say from where and how fast.",
                        CountdownAgent::new),
                new AgentSpec(
                                "planner",
                                "Plans a small project: steps, tool calls, state and reasoning.",
                                PlannerAgent::new)
                        .withTools(Calculator.tool(), WorkingDays.tool()),
                AgentSpec.resumable("approval", "Asks you before it does what you say.", ApprovalAgent::new)
                        .withTools(ApprovalAgent.transfer()));
    }

    public static AgentRegistry registry() {
        return AgentRegistry.of(new ExampleAgents().agents());
    }
}
