package dev.heddle.event;

import static dev.heddle.event.JsonCheck.ANY;
import static dev.heddle.event.JsonCheck.BOOLEAN;
import static dev.heddle.event.JsonCheck.COUNT;
import static dev.heddle.event.JsonCheck.INSTANT;
import static dev.heddle.event.JsonCheck.NOT_NULL;
import static dev.heddle.event.JsonCheck.OBJECT;
import static dev.heddle.event.JsonCheck.POINTER;
import static dev.heddle.event.JsonCheck.SAFE_INTEGER;
import static dev.heddle.event.JsonCheck.STRING;
import static dev.heddle.event.JsonCheck.by;
import static dev.heddle.event.JsonCheck.listOf;
import static dev.heddle.event.JsonCheck.may;
import static dev.heddle.event.JsonCheck.needs;
import static dev.heddle.event.JsonCheck.nonEmpty;
import static dev.heddle.event.JsonCheck.object;
import static dev.heddle.event.JsonCheck.oneOf;
import static dev.heddle.event.JsonCheck.stringOr;

import dev.heddle.event.JsonCheck.Field;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The shapes of AG-UI 1.0 from {@code src/generated/schemas.ts} of {@code @ag-ui/core} 1.0.0, in its order. */
final class AgUiSchemas {
    private static final Field METADATA = may("metadata", OBJECT);
    private static final Field SUBAGENT = may("subagentRunId", STRING);

    /** The fields that every event may have. */
    private static final Field[] BASE = {may("timestamp", SAFE_INTEGER), may("rawEvent", NOT_NULL), METADATA};
    /** The fields that every event of a part of a run may have. */
    private static final Field[] PART_OF_RUN = Field.joined(BASE, SUBAGENT);

    private static final JsonCheck SOURCE = by(
            "type",
            Map.of(
                    "data", object(needs("value", STRING), needs("mimeType", STRING)),
                    "url", object(needs("value", STRING), may("mimeType", STRING)),
                    "file", object(needs("value", STRING), may("provider", STRING), may("mimeType", STRING))));
    private static final JsonCheck MEDIA =
            object(may("id", STRING), needs("source", SOURCE), may("metadata", NOT_NULL));
    private static final JsonCheck CONTENT = stringOr(listOf(by(
            "type",
            Map.of(
                    "text", object(may("id", STRING), needs("text", STRING), may("metadata", NOT_NULL)),
                    "image", MEDIA,
                    "audio", MEDIA,
                    "video", MEDIA,
                    "document", MEDIA))));

    private static final JsonCheck WITH_VALUE = object(needs("path", POINTER), needs("value", ANY));
    private static final JsonCheck WITH_FROM = object(needs("from", POINTER), needs("path", POINTER));
    /** A list of JSON Patch operations (RFC 6902). */
    private static final JsonCheck PATCH = listOf(by(
            "op",
            Map.of(
                    "add", WITH_VALUE,
                    "remove", object(needs("path", POINTER)),
                    "replace", WITH_VALUE,
                    "move", WITH_FROM,
                    "copy", WITH_FROM,
                    "test", WITH_VALUE)));

    private static final Field[] STANDING_MESSAGE = {SUBAGENT, needs("id", STRING), METADATA};
    private static final Field[] NAMED_MESSAGE =
            Field.joined(STANDING_MESSAGE, may("name", STRING), may("encryptedValue", STRING));
    private static final JsonCheck FUNCTION = object(needs("name", STRING), needs("arguments", STRING));
    private static final JsonCheck TOOL_CALL = object(
            needs("id", STRING),
            needs("type", oneOf("function")),
            needs("function", FUNCTION),
            may("encryptedValue", STRING),
            METADATA);
    private static final JsonCheck INSTRUCTIONS = object(Field.joined(NAMED_MESSAGE, needs("content", STRING)));
    private static final JsonCheck MESSAGES = listOf(by(
            "role",
            Map.of(
                    "developer",
                    INSTRUCTIONS,
                    "system",
                    INSTRUCTIONS,
                    "assistant",
                    object(Field.joined(NAMED_MESSAGE, may("content", STRING), may("toolCalls", listOf(TOOL_CALL)))),
                    "user",
                    object(Field.joined(NAMED_MESSAGE, needs("content", CONTENT))),
                    "tool",
                    object(Field.joined(
                            STANDING_MESSAGE,
                            needs("content", CONTENT),
                            needs("toolCallId", STRING),
                            may("error", STRING),
                            may("encryptedValue", STRING))),
                    "activity",
                    object(Field.joined(STANDING_MESSAGE, needs("activityType", STRING), needs("content", OBJECT))),
                    "reasoning",
                    object(Field.joined(STANDING_MESSAGE, needs("content", STRING), may("encryptedValue", STRING))))));

    private static final JsonCheck RESUME = listOf(object(
            needs("interruptId", STRING),
            needs("status", oneOf("resolved", "cancelled")),
            may("payload", NOT_NULL),
            METADATA));
    private static final Field[] INPUT_FIELDS = {
        may("protocolVersion", STRING),
        may("parentRunId", STRING),
        may("state", ANY),
        needs("messages", MESSAGES),
        may(
                "tools",
                listOf(object(
                        needs("name", STRING), needs("description", STRING), may("parameters", NOT_NULL), METADATA))),
        may("context", listOf(object(needs("description", STRING), needs("value", STRING)))),
        may("forwardedProps", NOT_NULL),
        may("resume", RESUME)
    };
    private static final JsonCheck INPUT =
            object(Field.joined(INPUT_FIELDS, needs("threadId", STRING), needs("runId", STRING)));

    /** An interrupt. It is stricter than AG-UI in {@code expiresAt}: an unreadable time would never come. */
    private static final JsonCheck INTERRUPT = object(
            SUBAGENT,
            needs("id", STRING),
            needs("reason", STRING),
            may("message", STRING),
            may("toolCallId", STRING),
            may("responseSchema", OBJECT),
            may("expiresAt", INSTANT),
            METADATA);

    private static final JsonCheck RUN_OUTCOME = by(
            "type",
            Map.of(
                    "success", object(may("pendingToolCallIds", listOf(STRING))),
                    "interrupt", object(needs("interrupts", nonEmpty(listOf(INTERRUPT)))),
                    "cancelled", object()));
    private static final JsonCheck SUBAGENT_OUTCOME =
            by("type", Map.of("success", object(), "suspended", object(may("interruptIds", listOf(STRING)))));
    private static final JsonCheck USAGE = listOf(object(
            may("provider", STRING),
            may("model", STRING),
            may("inputTokens", COUNT),
            may("outputTokens", COUNT),
            may("totalTokens", COUNT),
            may("reasoningTokens", COUNT),
            may("cachedInputTokens", COUNT),
            may("cacheWriteInputTokens", COUNT)));

    /** The check of a type that AG-UI 1.0 does not have. */
    static final JsonCheck COMMON = object(PART_OF_RUN);

    private AgUiSchemas() {}

    /** A RunAgentInput without threadId and runId. */
    static JsonCheck input() {
        return object(INPUT_FIELDS);
    }

    /** A list of resume entries. */
    static JsonCheck resume() {
        return RESUME;
    }

    /** The shape of each of the 31 events. */
    static Map<String, JsonCheck> events() {
        Map<String, JsonCheck> events = new LinkedHashMap<>();
        runs(events);
        messages(events);
        toolCalls(events);
        states(events);
        reasoning(events);
        subagents(events);
        return Collections.unmodifiableMap(events);
    }

    private static void runs(Map<String, JsonCheck> events) {
        Field[] run = Field.joined(BASE, needs("threadId", STRING), needs("runId", STRING));
        events.put(
                "RUN_STARTED",
                object(Field.joined(
                        run, may("protocolVersion", STRING), may("parentRunId", STRING), may("input", INPUT))));
        events.put(
                "RUN_FINISHED",
                object(Field.joined(run, may("result", NOT_NULL), may("outcome", RUN_OUTCOME), may("usage", USAGE))));
        events.put(
                "RUN_ERROR",
                object(Field.joined(BASE, needs("message", STRING), may("code", STRING), may("usage", USAGE))));
        events.put("STEP_STARTED", part(needs("stepName", STRING)));
        events.put("STEP_FINISHED", part(needs("stepName", STRING)));
    }

    private static void messages(Map<String, JsonCheck> events) {
        Field role = may("role", oneOf("developer", "system", "assistant", "user"));
        events.put("TEXT_MESSAGE_START", part(needs("messageId", STRING), role, may("name", STRING)));
        events.put("TEXT_MESSAGE_CONTENT", part(needs("messageId", STRING), needs("delta", STRING)));
        events.put("TEXT_MESSAGE_END", part(needs("messageId", STRING)));
        events.put(
                "TEXT_MESSAGE_CHUNK", part(may("messageId", STRING), role, may("delta", STRING), may("name", STRING)));
    }

    private static void toolCalls(Map<String, JsonCheck> events) {
        events.put(
                "TOOL_CALL_START",
                part(needs("toolCallId", STRING), needs("toolCallName", STRING), may("parentMessageId", STRING)));
        events.put("TOOL_CALL_ARGS", part(needs("toolCallId", STRING), needs("delta", STRING)));
        events.put("TOOL_CALL_END", part(needs("toolCallId", STRING)));
        events.put(
                "TOOL_CALL_CHUNK",
                part(
                        may("toolCallId", STRING),
                        may("toolCallName", STRING),
                        may("parentMessageId", STRING),
                        may("delta", STRING)));
        events.put(
                "TOOL_CALL_RESULT",
                part(
                        needs("messageId", STRING),
                        needs("toolCallId", STRING),
                        needs("content", CONTENT),
                        may("role", oneOf("tool"))));
    }

    private static void states(Map<String, JsonCheck> events) {
        events.put("STATE_SNAPSHOT", part(needs("snapshot", ANY)));
        events.put("STATE_DELTA", part(needs("delta", PATCH)));
        events.put("MESSAGES_SNAPSHOT", object(Field.joined(BASE, needs("messages", MESSAGES))));
        events.put(
                "ACTIVITY_SNAPSHOT",
                part(
                        needs("messageId", STRING),
                        needs("activityType", STRING),
                        needs("content", OBJECT),
                        may("replace", BOOLEAN)));
        events.put(
                "ACTIVITY_DELTA",
                part(needs("messageId", STRING), needs("activityType", STRING), needs("patch", PATCH)));
        events.put("RAW", part(needs("event", ANY), may("source", STRING)));
        events.put("CUSTOM", part(needs("name", STRING), needs("value", ANY)));
    }

    private static void reasoning(Map<String, JsonCheck> events) {
        events.put("REASONING_START", part(needs("messageId", STRING)));
        events.put("REASONING_MESSAGE_START", part(needs("messageId", STRING), needs("role", oneOf("reasoning"))));
        events.put("REASONING_MESSAGE_CONTENT", part(needs("messageId", STRING), needs("delta", STRING)));
        events.put("REASONING_MESSAGE_END", part(needs("messageId", STRING)));
        events.put("REASONING_MESSAGE_CHUNK", part(may("messageId", STRING), may("delta", STRING)));
        events.put("REASONING_END", part(needs("messageId", STRING)));
        events.put(
                "REASONING_ENCRYPTED_VALUE",
                part(
                        needs("subtype", oneOf("tool-call", "message")),
                        needs("entityId", STRING),
                        needs("encryptedValue", STRING)));
    }

    private static void subagents(Map<String, JsonCheck> events) {
        Field[] subagent = Field.joined(BASE, needs("subagentRunId", STRING));
        events.put(
                "SUBAGENT_STARTED",
                object(Field.joined(
                        subagent,
                        needs("name", STRING),
                        may("description", STRING),
                        may("parentSubagentRunId", STRING),
                        may("parentToolCallId", STRING),
                        may("parentMessageId", STRING))));
        events.put(
                "SUBAGENT_FINISHED",
                object(Field.joined(subagent, may("result", NOT_NULL), may("outcome", SUBAGENT_OUTCOME))));
        events.put("SUBAGENT_ERROR", object(Field.joined(subagent, needs("message", STRING), may("code", STRING))));
    }

    private static JsonCheck part(Field... fields) {
        return object(Field.joined(PART_OF_RUN, fields));
    }
}
