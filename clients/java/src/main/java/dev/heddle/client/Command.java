package dev.heddle.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.UUID;

/**
 * A request to the agents. Its id makes it unique: a command that is sent twice runs once.
 *
 * @param json the whole frame
 */
public record Command(ObjectNode json) {
    /**
     * The start of a run.
     *
     * @param input AG-UI's {@code RunAgentInput} without {@code threadId} and {@code runId}
     */
    public static Command start(String agentId, String threadId, JsonNode input) {
        ObjectNode json = of("run.start", threadId).put("agentId", agentId);
        json.set("input", input);
        return new Command(json);
    }

    /**
     * The answers to the interrupts of a run.
     *
     * @param answers objects with {@code interruptId}, {@code status} and {@code payload}
     */
    public static Command resume(String threadId, ArrayNode answers) {
        ObjectNode json = of("run.resume", threadId);
        json.set("resume", answers);
        return new Command(json);
    }

    /** The cancellation of a run. */
    public static Command cancel(String threadId, String runId) {
        return new Command(of("run.cancel", threadId)).run(runId);
    }

    private static ObjectNode of(String command, String threadId) {
        return ClientJson.MAPPER
                .createObjectNode()
                .put("type", "command")
                .put("id", UUID.randomUUID().toString())
                .put("command", command)
                .put("threadId", threadId);
    }

    /** This command with an id that the application chose, 1 to 128 characters. */
    public Command id(String id) {
        return new Command(json.deepCopy().put("id", id));
    }

    /** This command for a run id that the application chose. */
    public Command run(String runId) {
        return new Command(json.deepCopy().put("runId", runId));
    }

    /** The id of this command. */
    public String id() {
        return json.path("id").asText();
    }
}
