package dev.heddle.agents.examples;

import dev.heddle.agents.AgentRegistry;
import dev.heddle.agents.AgentSpec;

/** The example agents under the ids by which clients start them. */
public final class ExampleAgents {

    private ExampleAgents() {}

    public static AgentRegistry registry() {
        return AgentRegistry.of(
                new AgentSpec("echo", "Streams your last message back, word by word.", EchoAgent::new),
                new AgentSpec(
                        "countdown",
                        "Counts down; forwardedProps {\"count\":50,\"intervalMs\":100} say from where and how fast.",
                        CountdownAgent::new),
                new AgentSpec(
                        "planner",
                        "Plans a small project: steps, tool calls, state and reasoning.",
                        PlannerAgent::new));
    }
}
