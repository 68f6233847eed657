package dev.heddle.replay.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Files of {@link FileFormat#jsonl}: the ITEM in its own bytes, and its user. */
final class JsonLinesFile {
    private JsonLinesFile() {}

    /** A writer of one line for each event. */
    static final class Lines implements EventFile.Writer {
        private final OutputStream out;

        Lines(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(EventFile.Exported event) throws IOException {
            String line = "{\"user\":" + Json.text(TextNode.valueOf(event.user().value())) + ",\"partition\":"
                    + event.place().partition() + ",\"offset\":" + event.place().offset() + ",\"appended\":\""
                    + Instant.ofEpochMilli(event.place().appended()) + "\",\"item\":" + event.item() + "}\n";
            out.write(line.getBytes(UTF_8));
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
            ObjectNode line = lines.next();
            if (line == null) {
                return null;
            }
            if (!line.path("user").isTextual() || !(line.get("item") instanceof ObjectNode item)) {
                throw new InvalidEventException("not {\"user\":\"…\",\"item\":{…}}");
            }
            UserKey user = UserKey.of(line.get("user").textValue());
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
