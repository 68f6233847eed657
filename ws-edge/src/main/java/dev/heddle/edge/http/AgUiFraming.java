package dev.heddle.edge.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The framing of AG-UI's events in the body of a response. Pure and safe for any thread. */
enum AgUiFraming {
    /** Server-sent events (WHATWG HTML, section 9.2), each with its cursor as {@code id}. */
    SSE("text/event-stream", ":\n\n") {
        @Override
        void write(byte[] event, @Nullable String id, Consumer<byte[]> out) {
            out.accept(id == null ? DATA : ("id: " + id + "\ndata: ").getBytes(US_ASCII));
            out.accept(event);
            out.accept(END);
        }
    };

    private static final byte[] DATA = "data: ".getBytes(US_ASCII);
    private static final byte[] END = "\n\n".getBytes(US_ASCII);

    private final String contentType;
    private final String idle;

    AgUiFraming(String contentType, String idle) {
        this.contentType = contentType;
        this.idle = idle;
    }

    /** The {@code Content-Type} of the response. */
    String contentType() {
        return contentType;
    }

    /** The bytes that keep an idle response alive; empty if there are none. */
    byte[] idle() {
        return idle.getBytes(US_ASCII);
    }

    /**
     * Writes one event.
     *
     * @param event UTF-8 JSON without a line break
     * @param id the cursor after the event; null for an event that the edge made up
     */
    abstract void write(byte[] event, @Nullable String id, Consumer<byte[]> out);
}
