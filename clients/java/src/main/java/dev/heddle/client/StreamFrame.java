package dev.heddle.client;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** A frame from an edge: a view of its JSON, which also keeps fields that this version does not name. */
public sealed interface StreamFrame {
    /** The whole frame. */
    JsonNode json();

    /** The cursor of this frame, if it has one: everything before it has been delivered. */
    default Optional<String> cursor() {
        return Optional.ofNullable(json().path("cursor").textValue());
    }

    /**
     * Parses a text frame.
     *
     * @throws IllegalArgumentException if the text is not a JSON object
     */
    static StreamFrame parse(String text) {
        JsonNode json = ClientJson.parse(text);
        return switch (json.path("type").asText()) {
            case "hello" -> new Hello(json);
            case "snapshot" -> new Snapshot(json);
            case "events" -> new Events(json);
            case "caughtUp" -> new CaughtUp(json);
            case "agents" -> new Agents(json);
            case "status" -> new Status(json);
            case "accepted" -> new Accepted(json);
            case "rejected" -> new Rejected(json);
            case "token" -> new Renewed(json);
            case "goodbye" -> new Goodbye(json);
            default -> new Other(json);
        };
    }

    /**
     * The elements of an {@code events} frame as received, byte for byte.
     *
     * @param text the text of any frame
     * @return the text of each element; empty if the frame has none
     */
    static List<String> eventTexts(String text) {
        List<String> found = new ArrayList<>();
        try (JsonParser parser = ClientJson.MAPPER.createParser(text)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean events = parser.currentName().equals("events");
                JsonToken value = parser.nextToken();
                while (events && value == JsonToken.START_ARRAY && parser.nextToken() == JsonToken.START_OBJECT) {
                    int from = (int) parser.currentTokenLocation().getCharOffset();
                    parser.skipChildren();
                    found.add(
                            text.substring(from, (int) parser.currentLocation().getCharOffset()));
                }
                if (!events) {
                    parser.skipChildren();
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first frame of every connection. */
    record Hello(JsonNode json) implements StreamFrame {
        /** The outcome of a resume: {@code resumed}, {@code fresh} or {@code reset}. */
        public String resume() {
            return json.path("resume").asText();
        }

        /** The reason of a reset, say {@code retention}; empty otherwise. */
        public String reason() {
            return json.path("reason").asText();
        }

        /** The partition of the user: the hint for the next connection. */
        public int partition() {
            return json.path("partition").asInt();
        }

        /** The interval of the server's pings in seconds. */
        public int heartbeatSeconds() {
            return json.path("heartbeatSeconds").asInt();
        }

        /** The expiry of the token, if it has one. */
        public Optional<Instant> tokenExpiresAt() {
            return Optional.ofNullable(json.path("tokenExpiresAt").textValue()).map(Instant::parse);
        }
    }

    /** The runs before the cursor of {@code hello}, folded. */
    record Snapshot(JsonNode json) implements StreamFrame {
        /** True if no run is missing. */
        public boolean isComplete() {
            return json.path("complete").asBoolean();
        }
    }

    /**
     * Events in the order of the log, to be applied together or not at all. A frame without events only moves the
     * cursor.
     */
    record Events(JsonNode json) implements StreamFrame {
        /** The events in their order. */
        public List<StreamEvent> events() {
            return StreamSupport.stream(json.path("events").spliterator(), false)
                    .map(StreamEvent::new)
                    .toList();
        }
    }

    /** The notice that the session has reached the end that the log had at connect. */
    record CaughtUp(JsonNode json) implements StreamFrame {}

    /** The agents on offer: first all of them, then each change. */
    record Agents(JsonNode json) implements StreamFrame {}

    /** The state of Kafka as the edge sees it. */
    record Status(JsonNode json) implements StreamFrame {}

    /** The answer to an accepted command, which is in the log now. */
    record Accepted(JsonNode json) implements StreamFrame {
        /** The id of the command. */
        public String id() {
            return json.path("id").asText();
        }

        /** The id of the run; empty if the edge names none. */
        public String runId() {
            return json.path("runId").asText();
        }
    }

    /** The answer to a refused command. */
    record Rejected(JsonNode json) implements StreamFrame {
        /** The id of the command. */
        public String id() {
            return json.path("id").asText();
        }

        /** The code, say {@code rate_limited}. */
        public String code() {
            return json.path("code").asText();
        }

        /** The explanation for people. */
        public String message() {
            return json.path("message").asText();
        }

        /** True if the same command may be sent again. */
        public boolean isRetryable() {
            return json.path("retryable").asBoolean();
        }
    }

    /** The answer to a renewed token. */
    record Renewed(JsonNode json) implements StreamFrame {
        /** The expiry of the new token. */
        public Optional<Instant> expiresAt() {
            return Optional.ofNullable(json.path("expiresAt").textValue()).map(Instant::parse);
        }
    }

    /** The last frame before the edge closes the connection. */
    record Goodbye(JsonNode json) implements StreamFrame {
        /** The close code that follows. */
        public int code() {
            return json.path("code").asInt();
        }

        /** The time in ms after which the client shall reconnect. */
        public long retryAfterMs() {
            return json.path("retryAfterMs").asLong();
        }
    }

    /** A {@code pong}, or a frame of a type that this version does not know. */
    record Other(JsonNode json) implements StreamFrame {}
}
