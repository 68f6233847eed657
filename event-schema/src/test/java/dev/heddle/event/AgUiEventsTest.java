package dev.heddle.event;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Samples.Sample;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AgUiEventsTest {
    /** Fields that AG-UI takes as any JSON, null included. */
    private static final Set<String> ANY = Set.of("snapshot", "event", "value");

    /** Fields that AG-UI takes as any JSON but null. */
    private static final Set<String> NOT_NULL = Set.of("rawEvent", "result");

    static List<Sample> samples() {
        return Samples.all();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everyCombinationOfOptionalFieldsIsWellFormed(Sample sample) {
        for (int bits = 0; bits < 1 << sample.optional().size(); bits++) {
            ObjectNode event = sample.with(bits);
            assertDoesNotThrow(() -> AgUiEvents.validate(event));
        }
        ObjectNode unstamped = sample.event().deepCopy();
        unstamped.remove("timestamp");
        unstamped.putNull("unknownField");
        assertDoesNotThrow(() -> AgUiEvents.validate(unstamped));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aMissingRequiredFieldIsNamed(Sample sample) {
        for (String name : sample.required()) {
            ObjectNode event = sample.event().deepCopy();
            event.remove(name);
            String message = refusal(event);
            assertEquals(sample.type() + "." + name + " is missing", message);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aNullOrAWrongTypeIsNamedInEveryKnownField(Sample sample) {
        sample.event().fieldNames().forEachRemaining(name -> {
            ObjectNode event = sample.event().deepCopy();
            event.putNull(name);
            if (name.equals("type")) {
                assertThrows(InvalidEventException.class, () -> AgUiEvents.validate(event));
                return;
            }
            if (!ANY.contains(name)) {
                assertTrue(refusal(event).startsWith(sample.type() + "." + name), name);
                if (!NOT_NULL.contains(name)) {
                    event.put(name, 1.5);
                    assertTrue(refusal(event).startsWith(sample.type() + "." + name), name);
                }
            }
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'type':'RUN_FINISHED','threadId':'t','runId':'r','outcome':{'type':'interrupt','interrupts':[]}} | RUN_FINISHED.outcome.interrupts must not be empty",
                "{'type':'RUN_FINISHED','threadId':'t','runId':'r','outcome':{'type':'interrupt','interrupts':[{'id':'i'}]}} | RUN_FINISHED.outcome.interrupts[0].reason is missing",
                "{'type':'RUN_FINISHED','threadId':'t','runId':'r','outcome':{'type':'done'}} | RUN_FINISHED.outcome.type must be one of cancelled, interrupt, success",
                "{'type':'RUN_FINISHED','threadId':'t','runId':'r','outcome':'success'} | RUN_FINISHED.outcome must be an object",
                "{'type':'RUN_FINISHED','threadId':'t','runId':'r','usage':[{'inputTokens':-1}]} | RUN_FINISHED.usage[0].inputTokens must be a safe integer, 0 or more",
                "{'type':'RUN_STARTED','threadId':'t','runId':'r','input':{'threadId':'t','runId':'r'}} | RUN_STARTED.input.messages is missing",
                "{'type':'RUN_STARTED','threadId':'t','runId':'r','input':{'threadId':'t','messages':[]}} | RUN_STARTED.input.runId is missing",
                "{'type':'MESSAGES_SNAPSHOT','messages':[{'id':'m','role':'user'}]} | MESSAGES_SNAPSHOT.messages[0].content is missing",
                "{'type':'MESSAGES_SNAPSHOT','messages':[{'id':'m','role':'robot','content':''}]} | MESSAGES_SNAPSHOT.messages[0].role must be one of activity, assistant, developer, reasoning, system, tool, user",
                "{'type':'MESSAGES_SNAPSHOT','messages':[{'id':'m','role':'user','content':[{'type':'image','source':{'type':'data','value':''}}]}]} | MESSAGES_SNAPSHOT.messages[0].content[0].source.mimeType is missing",
                "{'type':'STATE_DELTA','delta':[{'op':'add','path':'/a'}]} | STATE_DELTA.delta[0].value is missing",
                "{'type':'STATE_DELTA','delta':[{'op':'remove','path':'a'}]} | STATE_DELTA.delta[0].path must be a JSON Pointer",
                "{'type':'STATE_DELTA','delta':[{'op':'remove','path':'/~2'}]} | STATE_DELTA.delta[0].path must be a JSON Pointer",
                "{'type':'STATE_DELTA','delta':[{'op':'frob','path':''}]} | STATE_DELTA.delta[0].op must be one of add, copy, move, remove, replace, test",
                "{'type':'TEXT_MESSAGE_START','messageId':'m','role':'tool'} | TEXT_MESSAGE_START.role must be one of developer, system, assistant, user",
                "{'type':'REASONING_MESSAGE_START','messageId':'m','role':'assistant'} | REASONING_MESSAGE_START.role must be reasoning",
                "{'type':'TOOL_CALL_RESULT','messageId':'m','toolCallId':'c','content':{}} | TOOL_CALL_RESULT.content must be an array",
                "{'type':'CUSTOM','name':'n','value':1,'timestamp':9007199254740992} | CUSTOM.timestamp must be a safe integer",
                "{'type':'NEW_THING','metadata':[]} | NEW_THING.metadata must be an object",
                "{'type':'NEW_THING','subagentRunId':null} | NEW_THING.subagentRunId must be a string",
                "{'type':''} | event without a type",
                "{} | event without a type",
            })
    void whatIsWrongInsideIsNamedByItsPath(String json, String expected) {
        assertEquals(expected, refusal(Samples.event(json.replace('\'', '"'))));
    }

    @Test
    void unknownTypesPassWithTheCommonChecksOnly() {
        assertDoesNotThrow(() -> AgUiEvents.validate(Samples.event("{\"type\":\"NEW_THING\",\"messageId\":null}")));
    }

    @Test
    void commandsAreCheckedInTheSameWay() {
        AgUiEvents.validateInput(Samples.event("{\"messages\":[],\"state\":null,\"forwardedProps\":{}}"));
        assertEquals(
                "input.messages is missing",
                assertThrows(InvalidEventException.class, () -> AgUiEvents.validateInput(Json.object()))
                        .getMessage());
        AgUiEvents.validateResume(Json.parseArray("[{\"interruptId\":\"i\",\"status\":\"cancelled\"}]"));
        assertEquals(
                "resume[0].status must be one of resolved, cancelled",
                assertThrows(
                                InvalidEventException.class,
                                () -> AgUiEvents.validateResume(
                                        Json.parseArray("[{\"interruptId\":\"i\",\"status\":\"no\"}]")))
                        .getMessage());
    }

    @Test
    void aKnownTypeReadFromBytesIsTheSameString() {
        for (String type : AgUiEvents.TYPES) {
            byte[] bytes = ("x" + type + "x").getBytes(java.nio.charset.StandardCharsets.UTF_8);
            assertSame(
                    AgUiEvents.typeOf(bytes, 1, bytes.length - 1),
                    AgUiEvents.typeOf(bytes.clone(), 1, bytes.length - 1));
            assertEquals(type, AgUiEvents.typeOf(bytes, 1, bytes.length - 1));
        }
        assertTrue(AgUiEvents.TYPES.containsAll(AgUiEvents.CHUNK_TYPES));
    }

    private static String refusal(ObjectNode event) {
        return assertThrows(InvalidEventException.class, () -> AgUiEvents.validate(event))
                .getMessage();
    }
}
