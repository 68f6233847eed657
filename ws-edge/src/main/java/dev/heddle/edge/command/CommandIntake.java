package dev.heddle.edge.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.edge.protocol.ClientFrame;
import dev.heddle.edge.protocol.RejectCode;
import dev.heddle.edge.protocol.WellFormed;
import dev.heddle.event.AgentCommand;
import dev.heddle.event.CommandHeader;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.RunCancel;
import dev.heddle.event.RunIds;
import dev.heddle.event.RunResume;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import java.time.Clock;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The reader of commands: it refuses a {@code command} frame that no executor could carry out, and fills in the fields
 * that the client left out. Pure but for the clock; any thread.
 */
public final class CommandIntake {

    /** The longest thread, run or agent id, in bytes, and so in characters too. */
    static final int MAX_NAME_LENGTH = 256;

    /** The longest message or interrupt id, in characters. */
    static final int MAX_ID_LENGTH = 512;

    private static final Set<String> ROLES =
            Set.of("developer", "system", "assistant", "user", "tool", "activity", "reasoning");

    private final Predicate<String> agents;
    private final Clock clock;

    /** The result of a frame. */
    public sealed interface Result {
        /** A command to be appended. */
        record Ready(AgentCommand command) implements Result {}

        /** A refusal to be answered by {@code rejected}; the message is fixed text that names the field. */
        record Refused(RejectCode code, String message) implements Result {}
    }

    /** @param agents true for the id of a known agent */
    public CommandIntake(Predicate<String> agents, Clock clock) {
        this.agents = agents;
        this.clock = clock;
    }

    /** Reads one command of this user. */
    public Result read(UserKey user, ClientFrame.Command frame) {
        try {
            return understand(user, frame);
        } catch (InvalidEventException e) {
            // The contract's own bounds on ids, in bytes: the message names the field and the bound.
            return invalid(String.valueOf(e.getMessage()));
        }
    }

    private Result understand(UserKey user, ClientFrame.Command frame) {
        ObjectNode body = frame.body();
        if (!name(body.path("threadId"))) {
            return invalid("threadId is required: text of 1 to 256 bytes");
        }
        JsonNode runId = body.path("runId");
        if (!runId.isMissingNode() && !name(runId)) {
            return invalid("runId is text of 1 to 256 bytes");
        }
        String kind = body.path("command").asText("");
        if (kind.equals("run.cancel") && runId.isMissingNode()) {
            return invalid("runId is required");
        }
        String run = runId.isMissingNode() ? RunIds.derive(user, frame.id()) : runId.textValue();
        CommandHeader header =
                new CommandHeader(frame.id(), user, body.path("threadId").textValue(), run, clock.instant());
        return switch (kind) {
            case "run.start" -> start(header, body);
            case "run.resume" -> resume(header, body.path("resume"));
            case "run.cancel" -> new Result.Ready(new RunCancel(header));
            default -> invalid("command is run.start, run.resume or run.cancel");
        };
    }

    private Result start(CommandHeader header, ObjectNode body) {
        if (!name(body.path("agentId"))) {
            return invalid("agentId is required: text of 1 to 256 bytes");
        }
        if (!(body.path("input") instanceof ObjectNode input)) {
            return invalid("input is required: a RunAgentInput without threadId and runId");
        }
        String fault = fault(input);
        if (fault != null) {
            return invalid(fault);
        }
        String agentId = body.path("agentId").textValue();
        if (!agents.test(agentId)) {
            return new Result.Refused(RejectCode.UNKNOWN_AGENT, "no executor offers this agent");
        }
        return new Result.Ready(new RunStart(header, agentId, input));
    }

    private static @Nullable String fault(ObjectNode input) {
        if (input.has("threadId") || input.has("runId")) {
            return "input has no threadId or runId; they stand beside it";
        }
        if (!(input.path("messages") instanceof ArrayNode messages)) {
            return "input.messages is required: an array";
        }
        for (JsonNode message : messages) {
            if (!WellFormed.text(message.path("id"), MAX_ID_LENGTH)
                    || !ROLES.contains(message.path("role").asText(""))) {
                return "each of input.messages has an id and one of AG-UI's roles";
            }
        }
        if (!listOf(input.path("tools"), "name", "description")) {
            return "input.tools is an array of tools with name and description";
        }
        if (!listOf(input.path("context"), "description", "value")) {
            return "input.context is an array of entries with description and value";
        }
        return null;
    }

    private static boolean listOf(JsonNode list, String first, String second) {
        if (list.isMissingNode()) {
            return true;
        }
        for (JsonNode entry : list) {
            if (!entry.path(first).isTextual() || !entry.path(second).isTextual()) {
                return false;
            }
        }
        return list.isArray();
    }

    private static Result resume(CommandHeader header, JsonNode resume) {
        if (!(resume instanceof ArrayNode entries) || entries.isEmpty()) {
            return invalid("resume is required: an array with at least one entry");
        }
        for (JsonNode entry : entries) {
            String status = entry.path("status").asText("");
            if (!WellFormed.text(entry.path("interruptId"), MAX_ID_LENGTH)
                    || !(status.equals("resolved") || status.equals("cancelled"))) {
                return invalid("each entry of resume has an interruptId, and status resolved or cancelled");
            }
        }
        return new Result.Ready(new RunResume(header, entries));
    }

    private static boolean name(JsonNode node) {
        return WellFormed.text(node, MAX_NAME_LENGTH);
    }

    private static Result invalid(String message) {
        return new Result.Refused(RejectCode.INVALID, message);
    }
}
