package dev.heddle.replay.transfer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import java.time.Instant;

/**
 * Files of {@link FileFormat#cloudevents}: CloudEvents 1.0, JSON event format, one a line. {@code id} is the event id,
 * {@code type} {@value #TYPE} and the AG-UI type, {@code subject} the user, {@code time} the time of appending,
 * {@code data} the ITEM, and the extension {@code partitionkey} the user again.
 */
final class CloudEventsFile {
    private static final String TYPE = "dev.heddle.agui.";
    private static final String SOURCE = "/heddle/agent-events/";

    private CloudEventsFile() {}

    static String line(EventFile.Exported event) {
        ObjectNode item = Json.parseObject(event.item());
        String user = event.user().value();
        ObjectNode cloud = Json.object()
                .put("specversion", "1.0")
                .put("id", item.path("eventId").asText())
                .put("source", SOURCE + event.place().partition())
                .put("type", TYPE + item.path("event").path("type").asText())
                .put("subject", user)
                .put("time", Instant.ofEpochMilli(event.place().appended()).toString())
                .put("datacontenttype", "application/json")
                .put("partitionkey", user);
        cloud.set("data", item);
        return Json.text(cloud);
    }

    static EventFile.Imported event(ObjectNode cloud) {
        if (!cloud.path("specversion").asText().equals("1.0")) {
            throw new InvalidEventException("not a CloudEvent of version 1.0");
        }
        if (!cloud.path("subject").isTextual() || !(cloud.get("data") instanceof ObjectNode item)) {
            throw new InvalidEventException("a CloudEvent without subject (the user) or data (the ITEM)");
        }
        UserKey user = UserKey.of(cloud.get("subject").textValue());
        return new EventFile.Imported(user, StoredEvent.of(user, item));
    }
}
