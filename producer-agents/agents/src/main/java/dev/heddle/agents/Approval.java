package dev.heddle.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * The rule for a person's approval of a tool call: an explicit yes, for exactly that call with exactly those arguments.
 *
 * <p>An explicit yes is AG-UI's resume entry with the status {@code resolved} and one of these payloads:
 *
 * <ul>
 *   <li>{@code true}
 *   <li>an object with {@code "approved":true}, as TanStack's and Vercel's clients mean it
 *   <li>an object with {@code "decision":"approve"}
 * </ul>
 *
 * <p>Nothing else is one: no payload, {@code "yes"}, {@code "true"}, 1, {@code {"approved":"true"}}, two fields that
 * contradict each other, or an object that has arguments of its own ({@code arguments}, {@code args}, {@code input},
 * {@code editedArgs}): it approves another call. Further fields, a comment for instance, do no harm.
 */
public final class Approval {

    private static final List<String> OTHER_ARGUMENTS =
            List.of("arguments", "args", "input", "editedArgs", "edited_args", "editedArguments");

    private Approval() {}

    /** True if the payload of a resolved entry is an explicit yes. A missing node is no yes. */
    public static boolean isYes(JsonNode payload) {
        if (payload.isBoolean()) {
            return payload.booleanValue();
        }
        if (!payload.isObject() || OTHER_ARGUMENTS.stream().anyMatch(payload::has)) {
            return false;
        }
        boolean isApproved = !payload.has("approved") || isTrue(payload.get("approved"));
        boolean isDecided = !payload.has("decision") || isApprove(payload.get("decision"));
        return isApproved && isDecided && (payload.has("approved") || payload.has("decision"));
    }

    private static boolean isTrue(JsonNode value) {
        return value.isBoolean() && value.booleanValue();
    }

    private static boolean isApprove(JsonNode value) {
        return value.isTextual() && value.textValue().equals("approve");
    }

    /** The {@code metadata} of an interrupt that asks for a tool call, with which clients can show and answer it. */
    public static ObjectNode metadata(String tool, JsonNode arguments) {
        ObjectNode metadata =
                JsonNodeFactory.instance.objectNode().put("kind", "approval").put("toolName", tool);
        metadata.set("input", arguments);
        return metadata;
    }

    /** True if the run was begun with an explicit yes to exactly this call, as the log says that it was asked for. */
    public static boolean isGiven(RunInput input, ToolRequest call) {
        for (ObjectNode interrupt : input.asked()) {
            if (interrupt.path("toolCallId").asText().equals(call.toolCallId())
                    && asksFor(interrupt, input, call.tool(), call.arguments())
                    && input.answer(interrupt.path("id").asText())
                            .filter(answer -> answer.path("status").asText().equals("resolved"))
                            .filter(answer -> isYes(answer.path("payload")))
                            .isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** True if the interrupt asked for this tool with these arguments; the id of the call does not matter. */
    public static boolean asksFor(ObjectNode interrupt, RunInput input, String tool, JsonNode arguments) {
        JsonNode metadata = interrupt.path("metadata");
        if (metadata.path("kind").asText().equals("approval")) {
            return metadata.path("toolName").asText().equals(tool) && areSame(metadata.path("input"), arguments);
        }
        return input.toolCall(interrupt.path("toolCallId").asText())
                .filter(asked -> asked.tool().equals(tool))
                .filter(asked -> areSame(asked.arguments(), arguments))
                .isPresent();
    }

    /** True if two values are the same JSON, whatever the order of their keys or the notation of their numbers. */
    public static boolean areSame(JsonNode one, JsonNode other) {
        return one.equals(
                (a, b) -> a.isNumber() && b.isNumber()
                        ? a.decimalValue().compareTo(b.decimalValue())
                        : a.equals(b) ? 0 : 1,
                other);
    }
}
