package dev.heddle.replay.transfer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import java.time.Instant;

/** Files of {@link FileFormat#jsonl}: the ITEM in its own bytes, and its user. */
final class JsonLinesFile {
    private JsonLinesFile() {}

    static String line(EventFile.Exported event) {
        return "{\"user\":" + Json.text(TextNode.valueOf(event.user().value())) + ",\"partition\":"
                + event.place().partition() + ",\"offset\":" + event.place().offset() + ",\"appended\":\""
                + Instant.ofEpochMilli(event.place().appended()) + "\",\"item\":" + event.item() + "}";
    }

    static EventFile.Imported event(ObjectNode line) {
        if (!line.path("user").isTextual() || !(line.get("item") instanceof ObjectNode item)) {
            throw new InvalidEventException("not {\"user\":\"…\",\"item\":{…}}");
        }
        UserKey user = UserKey.of(line.get("user").textValue());
        return new EventFile.Imported(user, StoredEvent.of(user, item));
    }
}
