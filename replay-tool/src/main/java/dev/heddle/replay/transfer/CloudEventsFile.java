package dev.heddle.replay.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Files of {@link FileFormat#cloudevents}: CloudEvents 1.0, JSON event format, one a line. {@code id} is the event id,
 * {@code type} {@value #TYPE} and the AG-UI type, {@code subject} the user, {@code time} the time of appending,
 * {@code data} the ITEM, and the extension {@code partitionkey} the user again.
 */
final class CloudEventsFile {
    private static final String TYPE = "dev.heddle.agui.";
    private static final String SOURCE = "/heddle/agent-events/";

    private CloudEventsFile() {}

    /** A writer of one line for each event. */
    static final class Lines implements EventFile.Writer {
        private final OutputStream out;

        Lines(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(EventFile.Exported event) throws IOException {
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
            out.write((Json.text(cloud) + "\n").getBytes(UTF_8));
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    /** A reader of one event from each line. */
    static final class Reading implements EventFile.Reader {
        private final LineReader lines;

        Reading(InputStream in) {
            this.lines = new LineReader(in);
        }

        @Override
        public EventFile.@Nullable Imported next() throws IOException {
            ObjectNode cloud = lines.next();
            if (cloud == null) {
                return null;
            }
            JsonNode version = cloud.path("specversion");
            if (!version.asText().equals("1.0")) {
                throw new InvalidEventException("not a CloudEvent of version 1.0");
            }
            if (!cloud.path("subject").isTextual() || !(cloud.get("data") instanceof ObjectNode item)) {
                throw new InvalidEventException("a CloudEvent without subject (the user) or data (the ITEM)");
            }
            UserKey user = UserKey.of(cloud.get("subject").textValue());
            return new EventFile.Imported(user, StoredEvent.of(user, item));
        }

        @Override
        public String place() {
            return lines.place();
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }
}
