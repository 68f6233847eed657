package dev.heddle.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import org.jspecify.annotations.Nullable;

/**
 * A tool call that is being executed.
 *
 * @param toolCallId the call's id in the run
 * @param arguments an object; what is none, as text
 */
record CallAtWork(String toolCallId, String tool, JsonNode arguments) {

    static JsonNode parse(@Nullable String arguments) {
        if (arguments == null || arguments.isBlank()) {
            return Json.object();
        }
        try {
            return Json.parseObject(arguments);
        } catch (InvalidEventException e) {
            return TextNode.valueOf(arguments);
        }
    }
}
