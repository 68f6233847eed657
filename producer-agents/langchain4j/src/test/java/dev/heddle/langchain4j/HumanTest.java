package dev.heddle.langchain4j;

import static dev.heddle.langchain4j.Rig.asking;
import static dev.heddle.langchain4j.Rig.joined;
import static dev.heddle.langchain4j.Rig.last;
import static dev.heddle.langchain4j.Rig.ofType;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import dev.heddle.testing.KafkaFixture;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.invocation.InvocationParameters;
import dev.langchain4j.service.AiServices;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A tool that asks a person: the run ends with the question, and the next one has the answer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HumanTest {

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private final AtomicInteger deleted = new AtomicInteger();
    private Rig rig;
    /** Whether the tool asks under one id, whatever it is to delete. */
    private boolean sameId;

    @BeforeAll
    void start() {
        rig = new Rig(KAFKA);
    }

    @AfterEach
    void eachHasItsOwnId() {
        sameId = false;
    }

    @AfterAll
    void stop() {
        rig.close();
    }

    final class Files {
        @Tool("deletes a file")
        String delete(String file, InvocationParameters parameters) {
            String id = sameId ? "delete:a.txt" : "delete:" + file;
            ModelAnswer answer = Turn.of(parameters).ask(Question.approval(id, "May I delete " + file + "?"));
            if (!answer.isApproved()) {
                return "not allowed";
            }
            deleted.incrementAndGet();
            return "deleted";
        }
    }

    private AiServiceAgent agent() {
        return new AiServiceAgent(
                turn -> AiServices.builder(Assistant.class)
                        .streamingChatModel(rig.model)
                        .chatMemory(turn.memory())
                        .tools(new Files())
                        .build()
                        .answer(turn.prompt(), turn.parameters()),
                LangChain4jAgents.PATIENCE);
    }

    /** A model that calls the tool until it has a result. */
    private void modelThatDeletes() {
        rig.server.answerWith((request, answer) -> {
            JsonNode messages = request.path("messages");
            JsonNode newest = messages.path(messages.size() - 1);
            if (newest.path("role").asText().equals("tool")) {
                answer.text("It is " + newest.path("content").asText() + ".").done("stop");
            } else {
                answer.call(0, "call_9", "delete")
                        .arguments(0, "{\"file\":\"a.txt\"}")
                        .done("tool_calls");
            }
        });
    }

    private static ObjectNode answering(ObjectNode first, List<ObjectNode> events, String status, boolean approved) {
        ObjectNode input = first.deepCopy();
        String call =
                ofType(events, "TOOL_CALL_START").get(0).path("toolCallId").asText();
        ObjectNode assistant = input.withArray("/messages").addObject();
        assistant.put("id", "m2").put("role", "assistant");
        assistant
                .putArray("toolCalls")
                .addObject()
                .put("id", call)
                .put("type", "function")
                .putObject("function")
                .put("name", "delete")
                .put("arguments", "{\"file\":\"a.txt\"}");
        input.putArray("resume")
                .addObject()
                .put("interruptId", "delete:a.txt")
                .put("status", status)
                .putObject("payload")
                .put("approved", approved);
        return input;
    }

    /** A run that was begun with this payload as the answer to the question for the call of {@code a.txt}. */
    private List<ObjectNode> resolved(@Nullable JsonNode payload) throws Exception {
        ObjectNode question = asking("Delete a.txt");
        List<ObjectNode> events = rig.run(agent(), question);
        ObjectNode input = answering(question, events, "resolved", true);
        ObjectNode entry = (ObjectNode) input.at("/resume/0");
        if (payload == null) {
            entry.remove("payload");
        } else {
            entry.set("payload", payload);
        }
        return rig.run(agent(), input);
    }

    @Test
    void onlyAnExplicitYesIsOne() throws Exception {
        modelThatDeletes();
        int before = deleted.get();
        assertEquals("It is not allowed.", joined(resolved(null), "TEXT_MESSAGE_CONTENT"));
        for (String no : List.of(
                "\"no\"",
                "\"yes\"",
                "\"false\"",
                "0",
                "1",
                "{}",
                "{\"decision\":\"reject\"}",
                "{\"approved\":\"yes\"}",
                "{\"approved\":true,\"editedArgs\":{\"file\":\"b.txt\"}}")) {
            List<ObjectNode> events = resolved(Json.mapper().readTree(no));
            assertEquals("It is not allowed.", joined(events, "TEXT_MESSAGE_CONTENT"), no);
        }
        assertEquals(before, deleted.get());
        for (String yes : List.of("true", "{\"approved\":true,\"comment\":\"go\"}", "{\"decision\":\"approve\"}")) {
            List<ObjectNode> events = resolved(Json.mapper().readTree(yes));
            assertEquals("It is deleted.", joined(events, "TEXT_MESSAGE_CONTENT"), yes);
        }
        assertEquals(before + 3, deleted.get());
    }

    /** A model that calls the tool with these arguments, one after the other. */
    private void modelThatDeletes(String... arguments) {
        AtomicInteger next = new AtomicInteger();
        rig.server.answerWith((request, answer) -> {
            int call = next.getAndIncrement();
            if (call < arguments.length) {
                answer.call(0, "call_" + call, "delete")
                        .arguments(0, arguments[call])
                        .done("tool_calls");
            } else {
                answer.text("done").done("stop");
            }
        });
    }

    /** Runs with a yes for the call of {@code a.txt}, and gives the interrupt that the run ends with. */
    private JsonNode askedAgain(String... arguments) throws Exception {
        modelThatDeletes();
        ObjectNode question = asking("Delete a.txt");
        List<ObjectNode> asked = rig.run(agent(), question);
        modelThatDeletes(arguments);
        List<ObjectNode> events = rig.run(agent(), answering(question, asked, "resolved", true));
        JsonNode outcome = last(events).path("outcome");
        assertEquals("interrupt", outcome.path("type").asText(), events.toString());
        return outcome.path("interrupts").path(0);
    }

    @Test
    void aYesIsGoodForOneCall() throws Exception {
        sameId = true;
        int before = deleted.get();
        JsonNode interrupt = askedAgain("{\"file\":\"a.txt\"}", "{\"file\":\"a.txt\"}");
        assertEquals(before + 1, deleted.get());
        assertEquals("delete", interrupt.path("metadata").path("toolName").asText());
    }

    @Test
    void aYesIsGoodForTheArgumentsThatWereAskedAbout() throws Exception {
        sameId = true;
        int before = deleted.get();
        JsonNode interrupt = askedAgain("{\"file\":\"everything\"}");
        assertEquals(before, deleted.get());
        assertEquals(
                Json.parseObject("{\"kind\":\"approval\",\"toolName\":\"delete\",\"input\":{\"file\":\"everything\"}}"),
                interrupt.path("metadata"));
    }

    @Test
    void theRunEndsWithTheQuestionAndTheModelIsNotAskedToGoOn() throws Exception {
        modelThatDeletes();
        int asked = rig.server.requests().size();
        int before = deleted.get();
        ObjectNode question = asking("Delete a.txt");
        List<ObjectNode> events = rig.run(agent(), question);
        JsonNode outcome = last(events).path("outcome");
        assertEquals("interrupt", outcome.path("type").asText(), events.toString());
        JsonNode interrupt = outcome.path("interrupts").path(0);
        assertEquals("delete:a.txt", interrupt.path("id").asText());
        assertEquals("approval", interrupt.path("reason").asText());
        assertEquals("May I delete a.txt?", interrupt.path("message").asText());
        assertEquals(ofType(events, "TOOL_CALL_START").get(0).path("toolCallId"), interrupt.path("toolCallId"));
        assertEquals(List.of(), ofType(events, "TOOL_CALL_RESULT"), "what waits has no result");
        assertEquals(asked + 1, rig.server.requests().size());
        assertEquals(before, deleted.get());

        List<ObjectNode> approved = rig.run(agent(), answering(question, events, "resolved", true));
        assertEquals("It is deleted.", joined(approved, "TEXT_MESSAGE_CONTENT"));
        assertEquals(before + 1, deleted.get(), "once, although it was called twice");

        List<ObjectNode> denied = rig.run(agent(), answering(question, events, "resolved", false));
        assertEquals("It is not allowed.", joined(denied, "TEXT_MESSAGE_CONTENT"));
        List<ObjectNode> unanswered = rig.run(agent(), answering(question, events, "cancelled", true));
        assertEquals("It is not allowed.", joined(unanswered, "TEXT_MESSAGE_CONTENT"));
        assertEquals(before + 1, deleted.get());
    }
}
