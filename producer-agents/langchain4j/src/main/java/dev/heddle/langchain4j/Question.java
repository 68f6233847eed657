package dev.heddle.langchain4j;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.Approval;
import org.jspecify.annotations.Nullable;

/**
 * A question to a person, as AG-UI's interrupt.
 *
 * @param id by which the answer names the question; the same question asked again must have the same id
 * @param reason for programs, {@code approval} for instance
 * @param message for people
 * @param answerSchema the JSON schema of the answer's payload, if it has one
 */
public record Question(
        String id, String reason, String message, @Nullable ObjectNode answerSchema) {

    public Question {
        if (id.isBlank()) {
            throw new IllegalArgumentException("a question needs an id");
        }
    }

    private static final String APPROVAL = "approval";

    /**
     * A question that asks for approval: a yes counts once, for the tool call that asks, with its arguments. See
     * {@link dev.heddle.agents.Approval}.
     */
    public static Question approval(String id, String message) {
        return new Question(id, APPROVAL, message, null);
    }

    boolean isApproval() {
        return reason.equals(APPROVAL);
    }

    ObjectNode interrupt(@Nullable CallAtWork call) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("reason", reason)
                .put("message", message);
        if (call != null) {
            json.put("toolCallId", call.toolCallId());
            if (isApproval()) {
                json.set("metadata", Approval.metadata(call.tool(), call.arguments()));
            }
        }
        if (answerSchema != null) {
            json.set("responseSchema", answerSchema);
        }
        return json;
    }
}
