package dev.heddle.executor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.executor.MessageList.Entry;
import org.jspecify.annotations.Nullable;

/** A tool call of an assistant's message while its arguments are told. */
final class ToolCallFold {

    private final Entry owner;
    private final ObjectNode json;
    private @Nullable StringBuilder arguments;

    ToolCallFold(Entry owner, ObjectNode json) {
        this.owner = owner;
        this.json = json;
    }

    /** The message that carries the call. */
    Entry owner() {
        return owner;
    }

    ObjectNode json() {
        return json;
    }

    void append(String delta) {
        StringBuilder text = arguments;
        if (text == null) {
            text = new StringBuilder(json.path("function").path("arguments").asText());
            arguments = text;
        }
        text.append(delta);
    }

    void rename(String name) {
        json.withObject("/function").put("name", name);
    }

    /** Puts the arguments so far into the message. */
    void write() {
        if (arguments != null) {
            json.withObject("/function").put("arguments", arguments.toString());
        }
    }
}
