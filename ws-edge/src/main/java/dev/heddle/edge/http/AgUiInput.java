package dev.heddle.edge.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.edge.protocol.ClientFrame;
import dev.heddle.event.AgUiEvents;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * AG-UI's RunAgentInput as a client has sent it.
 *
 * @param input the input without thread and run
 * @param resume the answers to interrupts; null if there are none
 */
record AgUiInput(
        String threadId,
        String runId,
        Dialect dialect,
        ObjectNode input,
        @Nullable ArrayNode resume) {

    private static final List<String> KNOWN =
            List.of("parentRunId", "state", "messages", "tools", "context", "forwardedProps");

    /** The longest id, in bytes. */
    private static final int MAX_ID_BYTES = 256;

    /**
     * Reads an input.
     *
     * @throws InvalidEventException that names the field at fault
     */
    static AgUiInput parse(byte[] body) {
        ObjectNode given = Json.parseObject(body);
        String threadId = id(given, "threadId");
        String runId = id(given, "runId");
        ObjectNode input = Json.object();
        for (String field : KNOWN) {
            JsonNode value = given.get(field);
            // Clients of 0.0.x send null for what they have not got.
            if (value != null && !(value.isNull() && !field.equals("state"))) {
                input.set(field, value);
            }
        }
        AgUiEvents.validateInput(input);
        JsonNode resume = given.get("resume");
        if (resume == null || resume.isNull()) {
            return new AgUiInput(threadId, runId, dialect(given), input, null);
        }
        if (!(resume instanceof ArrayNode answers)) {
            throw new InvalidEventException("resume must be an array");
        }
        AgUiEvents.validateResume(answers);
        return new AgUiInput(threadId, runId, dialect(given), input, answers.isEmpty() ? null : answers);
    }

    private static Dialect dialect(ObjectNode given) {
        return Dialect.of(given.path("protocolVersion").textValue());
    }

    private static String id(ObjectNode given, String field) {
        String id = given.path(field).textValue();
        if (id == null || id.isEmpty() || id.getBytes(StandardCharsets.UTF_8).length > MAX_ID_BYTES) {
            throw new InvalidEventException(field + " is required: text of 1 to 256 bytes");
        }
        return id;
    }

    /** The interrupts that the input answers. */
    Set<String> answered() {
        Set<String> ids = new HashSet<>();
        if (resume != null) {
            resume.forEach(answer -> ids.add(answer.path("interruptId").asText()));
        }
        return ids;
    }

    /**
     * The command that runs an agent on this input. Its id is derived from agent, thread and run, so that the same
     * request sent again runs nothing again.
     */
    ClientFrame.Command command(String agentId) {
        ObjectNode command = Json.object().put("threadId", threadId).put("runId", runId);
        if (resume == null) {
            command.put("command", "run.start").put("agentId", agentId).set("input", input);
        } else {
            command.put("command", "run.resume").set("resume", resume);
        }
        return new ClientFrame.Command(commandId(agentId), command);
    }

    /** The id of {@link #command}. */
    String commandId(String agentId) {
        MessageDigest digest = Sha256.digest();
        for (String part : List.of(resume == null ? "run.start" : "run.resume", agentId, threadId, runId)) {
            digest.update(part.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
        return "agui." + Base64.getUrlEncoder().withoutPadding().encodeToString(digest.digest());
    }
}
