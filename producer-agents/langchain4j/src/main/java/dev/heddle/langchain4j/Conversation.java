package dev.heddle.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.heddle.agents.RunInput;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * AG-UI's messages as LangChain4j's. Clients write them, so messages that do not fit are left out, and so is a tool
 * call without a result, which models refuse.
 */
final class Conversation {

    private static final String GO_ON = "Go on.";

    private final Set<String> answered = new HashSet<>();
    private final Map<String, String> tools = new HashMap<>();
    private final List<ChatMessage> history = new ArrayList<>();

    private Conversation() {}

    static String prompt(RunInput input) {
        JsonNode resume = input.json().path("resume");
        if (resume.isArray() && !resume.isEmpty()) {
            return "The answers to your questions: " + resume;
        }
        String text = input.lastUserText();
        return text.isBlank() ? GO_ON : text;
    }

    static List<ChatMessage> before(RunInput input) {
        ArrayNode messages = input.messages();
        int end = messages.size();
        if (!input.json().path("resume").isArray()) {
            while (end > 0 && !messages.get(end - 1).path("role").asText().equals("user")) {
                end--;
            }
            end = end == 0 ? messages.size() : end - 1;
        }
        Conversation conversation = new Conversation();
        for (int i = 0; i < end; i++) {
            conversation.answered.add(messages.get(i).path("toolCallId").asText(""));
        }
        for (int i = 0; i < end; i++) {
            conversation.add(messages.get(i));
        }
        return conversation.history;
    }

    private void add(JsonNode message) {
        String text = text(message.path("content"));
        switch (message.path("role").asText()) {
            case "system", "developer" -> {
                if (!text.isBlank()) {
                    history.add(SystemMessage.from(text));
                }
            }
            case "user" -> {
                if (!text.isBlank()) {
                    history.add(UserMessage.from(text));
                }
            }
            case "assistant" -> addAssistant(message, text);
            case "tool" -> {
                String id = message.path("toolCallId").asText();
                String tool = tools.get(id);
                if (tool != null) {
                    history.add(ToolExecutionResultMessage.from(id, tool, text));
                }
            }
            default -> {}
        }
    }

    private void addAssistant(JsonNode message, String text) {
        List<ToolExecutionRequest> calls = new ArrayList<>();
        for (JsonNode call : message.path("toolCalls")) {
            String id = call.path("id").asText();
            String name = call.path("function").path("name").asText();
            if (answered.contains(id) && !name.isEmpty()) {
                tools.put(id, name);
                calls.add(ToolExecutionRequest.builder()
                        .id(id)
                        .name(name)
                        .arguments(call.path("function").path("arguments").asText("{}"))
                        .build());
            }
        }
        if (!calls.isEmpty()) {
            history.add(text.isBlank() ? AiMessage.from(calls) : AiMessage.from(text, calls));
        } else if (!text.isBlank()) {
            history.add(AiMessage.from(text));
        }
    }

    private static String text(JsonNode content) {
        if (content.isTextual()) {
            return content.textValue();
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            text.append(part.path("text").asText(""));
        }
        return text.toString();
    }

    /** A JSON value as a plain Java object that an agent's parameter can take. */
    static Object plain(JsonNode value) {
        if (value.isTextual()) {
            return value.textValue();
        } else if (value.isBoolean()) {
            return value.booleanValue();
        } else if (value.isNumber()) {
            return value.numberValue();
        }
        return value.toString();
    }
}
