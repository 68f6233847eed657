package dev.heddle.langchain4j;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * What a person is asked, as AG-UI's interrupt.
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

    /** A question whose answer is approval or not. */
    public static Question approval(String id, String message) {
        return new Question(id, "approval", message, null);
    }

    ObjectNode interrupt(@Nullable String toolCallId) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("reason", reason)
                .put("message", message);
        if (toolCallId != null) {
            json.put("toolCallId", toolCallId);
        }
        if (answerSchema != null) {
            json.set("responseSchema", answerSchema);
        }
        return json;
    }
}
