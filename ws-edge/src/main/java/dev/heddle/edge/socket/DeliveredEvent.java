package dev.heddle.edge.socket;

import dev.heddle.event.Cursor;

/** One event on its way into an answer. Its record was compared with the user of the answer. Immutable. */
public final class DeliveredEvent {

    private final String type;
    private final boolean inRun;
    private final byte[] json;
    private final Cursor cursor;

    DeliveredEvent(String type, boolean inRun, byte[] json, Cursor cursor) {
        this.type = type;
        this.inRun = inRun;
        this.json = json;
        this.cursor = cursor;
    }

    /** AG-UI's event type. */
    public String type() {
        return type;
    }

    /** False for an event outside any run. */
    public boolean inRun() {
        return inRun;
    }

    /** The event alone, as UTF-8 JSON without a line break: the same array each time, not to be modified. */
    public byte[] json() {
        return json;
    }

    /** The cursor after the event. */
    public Cursor cursor() {
        return cursor;
    }
}
