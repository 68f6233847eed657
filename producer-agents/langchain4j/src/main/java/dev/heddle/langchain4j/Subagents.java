package dev.heddle.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.EventIds;
import dev.langchain4j.agentic.planner.AgentInstance;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The agents of one run's agentic system that are at work. Each invocation has an id of its own, since AG-UI uses a
 * subagent's id once. Safe on any thread: branches of a system run side by side.
 */
final class Subagents {

    private final RunNarrator narrator;
    /**
     * The stacks of subagent run ids by LangChain4j's agent id, which differs between branches; an agent that invokes
     * itself has several ids, the newest on top.
     */
    private final Map<String, Deque<String>> atWork = new HashMap<>();

    private final Set<String> streaming = new LinkedHashSet<>();

    Subagents(RunNarrator narrator) {
        this.narrator = narrator;
    }

    /** Starts an agent's subagent run; the root is the run itself and has none. */
    synchronized void begin(AgentInstance agent) {
        AgentInstance parent = agent.parent();
        if (parent == null) {
            return;
        }
        String id = EventIds.next();
        ObjectNode event = event("SUBAGENT_STARTED", id).put("name", agent.name());
        if (agent.description() != null && !agent.description().isBlank()) {
            event.put("description", agent.description());
        }
        String parentId = current(parent);
        if (parentId != null) {
            event.put("parentSubagentRunId", parentId);
        }
        atWork.computeIfAbsent(agent.agentId(), key -> new ArrayDeque<>()).push(id);
        narrator.emit(event);
    }

    /** Finishes an agent's subagent run with its result. */
    synchronized void finish(AgentInstance agent, @Nullable JsonNode result) {
        String id = leave(agent);
        if (id != null) {
            ObjectNode event = event("SUBAGENT_FINISHED", id);
            if (result != null && !result.isNull()) {
                event.set("result", result);
            }
            narrator.emit(event);
        }
    }

    /** Notes that an agent has returned a stream, which becomes its result when the system ends. */
    synchronized void stream(AgentInstance agent) {
        String id = current(agent);
        if (id != null) {
            streaming.add(id);
        }
    }

    /** Finishes the agents whose streams have ended with the system. */
    synchronized void finishOpen() {
        for (String id : streaming) {
            if (atWork.values().stream().anyMatch(ids -> ids.remove(id))) {
                narrator.emit(event("SUBAGENT_FINISHED", id));
            }
        }
        streaming.clear();
    }

    /** Suspends an agent: it waits for a person, or an agent below it does. */
    synchronized void suspend(AgentInstance agent, String question) {
        String id = leave(agent);
        if (id != null) {
            ObjectNode event = event("SUBAGENT_FINISHED", id);
            event.putObject("outcome")
                    .put("type", "suspended")
                    .putArray("interruptIds")
                    .add(question);
            narrator.emit(event);
        }
    }

    /** Ends an agent's subagent run with an error; the system may still go on. */
    synchronized void fail(AgentInstance agent, ModelFailure failure) {
        String id = leave(agent);
        if (id != null) {
            narrator.emit(event("SUBAGENT_ERROR", id)
                    .put("message", failure.message())
                    .put("code", failure.code()));
        }
    }

    /** The id of this agent's current subagent run; null for the root and for an agent that is not at work. */
    synchronized @Nullable String current(AgentInstance agent) {
        Deque<String> ids = atWork.get(agent.agentId());
        return ids == null ? null : ids.peek();
    }

    private @Nullable String leave(AgentInstance agent) {
        Deque<String> ids = atWork.get(agent.agentId());
        return ids == null ? null : ids.poll();
    }

    private static ObjectNode event(String type, String id) {
        return RunNarrator.event(type).put("subagentRunId", id);
    }
}
