package dev.heddle.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** The status of a run by its events: running, or one of its ends. */
public enum RunStatus {
    RUNNING,
    FINISHED,
    INTERRUPTED,
    CANCELLED,
    ERROR;

    /** The status after this event: {@link #RUNNING} unless the event is a run's end. */
    public static RunStatus after(EventItem item) {
        return switch (item.type()) {
            case "RUN_ERROR" -> ERROR;
            case "RUN_FINISHED" -> {
                try {
                    yield outcome(Json.parseObject(item.eventJson()));
                } catch (InvalidEventException e) {
                    yield FINISHED; // an outcome that cannot be read is none
                }
            }
            default -> RUNNING;
        };
    }

    /** The status after this AG-UI event, given as a tree. */
    public static RunStatus after(JsonNode event) {
        return switch (event.path("type").asText()) {
            case "RUN_ERROR" -> ERROR;
            case "RUN_FINISHED" -> outcome(event);
            default -> RUNNING;
        };
    }

    private static RunStatus outcome(JsonNode event) {
        return switch (event.path("outcome").path("type").asText()) {
            case "interrupt" -> INTERRUPTED;
            case "cancelled" -> CANCELLED;
            default -> FINISHED;
        };
    }

    /** True unless the run is running. */
    public boolean isEnd() {
        return this != RUNNING;
    }

    /** The name on the wire and in output, in lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
