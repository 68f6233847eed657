package dev.heddle.edge.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;

/** The reader of client frames. The caller has bounded the text and checked that it is UTF-8. */
public final class ClientFrames {

    /** The longest command id, in characters. */
    public static final int MAX_ID_LENGTH = 128;

    private ClientFrames() {}

    /** Reads one text frame; an error is returned as {@link ClientFrame.Bad}. */
    public static ClientFrame parse(String text) {
        ObjectNode frame;
        try {
            frame = Json.parseObject(text);
        } catch (InvalidEventException e) {
            return new ClientFrame.Bad("not a JSON object");
        }
        return switch (frame.path("type").asText("")) {
            case "command" -> command(frame);
            case "token" -> token(frame.path("token"));
            case "ping" -> new ClientFrame.Ping();
            default -> new ClientFrame.Bad("unknown frame type");
        };
    }

    private static ClientFrame command(ObjectNode frame) {
        JsonNode id = frame.path("id");
        if (!WellFormed.text(id, MAX_ID_LENGTH)) {
            return new ClientFrame.Bad("a command's id is text of 1 to 128 characters");
        }
        return new ClientFrame.Command(id.textValue(), frame);
    }

    private static ClientFrame token(JsonNode token) {
        return token.isTextual() ? new ClientFrame.Token(token.textValue()) : new ClientFrame.Bad("a token is text");
    }
}
