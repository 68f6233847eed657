package dev.heddle.event;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** One event of each type of AG-UI 1.0 with every field it may have, and the envelopes to put them in. */
final class Samples {
    static final UserKey ALICE = UserKey.of("alice");
    static final Envelope ENVELOPE =
            new Envelope("01890a5d-ac96-774b-bcce-b302099a8057", ALICE, "t1", "echo", new RunPlace("r1", 17, 2));

    private Samples() {}

    record Sample(ObjectNode event, List<String> required) {
        String type() {
            return event.get("type").textValue();
        }

        List<String> optional() {
            List<String> names = new ArrayList<>();
            event.fieldNames().forEachRemaining(names::add);
            names.removeAll(required);
            names.remove("type");
            names.remove("timestamp");
            return names;
        }

        /** The event without the optional fields whose bit is not set. */
        ObjectNode with(int bits) {
            ObjectNode copy = event.deepCopy();
            List<String> optional = optional();
            for (int i = 0; i < optional.size(); i++) {
                if ((bits & (1 << i)) == 0) {
                    copy.remove(optional.get(i));
                }
            }
            return copy;
        }

        @Override
        public String toString() {
            return type();
        }
    }

    static List<Sample> all() {
        return lines("/agui-1.0.jsonl")
                .map(Json::parseObject)
                .map(line -> new Sample(
                        (ObjectNode) line.get("event"),
                        StreamSupport.stream(line.get("required").spliterator(), false)
                                .map(name -> name.textValue())
                                .toList()))
                .toList();
    }

    static Stream<String> lines(String resource) {
        try (InputStream in = Objects.requireNonNull(Samples.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] stored(ObjectNode event) {
        return EventCodec.encode(new AgentEvent(ENVELOPE, event));
    }

    static ObjectNode event(String json) {
        return Json.parseObject(json);
    }

    static String itemText(byte[] stored) {
        return new String(EventItem.of(ALICE, stored).json(), StandardCharsets.UTF_8);
    }
}
