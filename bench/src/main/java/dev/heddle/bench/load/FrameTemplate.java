package dev.heddle.bench.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.heddle.edge.protocol.EventsFrame;
import dev.heddle.event.UserKey;
import java.io.ByteArrayOutputStream;

/**
 * One user's {@code events} frame of one event as an edge writes it, for the floor that has no log. Its number and due
 * time are overwritten in place. Owned by one thread.
 */
public final class FrameTemplate {
    /** A cursor that is as long as a real one. */
    public static final String CURSOR = "A".repeat(68);

    private static final String SEQ = "\"runSeq\":";
    private static final int SEQ_DIGITS = 7;
    private static final int NUMBER_DIGITS = 12;

    private final byte[] frame;
    private final int numberAt;
    private final int seqAt;
    private final int dueAt;
    private final int itemAt;

    private FrameTemplate(byte[] frame) {
        this.frame = frame;
        this.itemAt = EventTemplate.indexOf(frame, EventTemplate.ITEM_BEGIN, 0);
        this.numberAt = itemAt + EventTemplate.ITEM_BEGIN.length() + EventTemplate.USER_DIGITS + 1;
        this.seqAt = EventTemplate.indexOf(frame, SEQ, numberAt) + SEQ.length();
        this.dueAt = EventTemplate.indexOf(frame, EventTemplate.DUE, seqAt) + EventTemplate.DUE.length();
    }

    /** A frame of the event that the log would hold: see {@link EventTemplate#of}. */
    public static FrameTemplate of(UserKey user, int index, int size) {
        EventTemplate event = EventTemplate.of(user, index, size);
        event.event(0, 0);
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(EventsFrame.head(CURSOR));
        frame.writeBytes(event.item());
        frame.writeBytes(EventsFrame.tail());
        return new FrameTemplate(frame.toByteArray());
    }

    /** The frame with this event. */
    public String text(long number, long due) {
        change(number, due);
        return new String(frame, ISO_8859_1);
    }

    /** A frame with {@code count} events from this number on, all due at the same time. */
    public String text(long first, int count, long due) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(frame, 0, itemAt);
        int end = frame.length - EventsFrame.tail().length;
        for (int i = 0; i < count; i++) {
            change(first + i, due);
            if (i > 0) {
                all.write(',');
            }
            all.write(frame, itemAt, end - itemAt);
        }
        all.writeBytes(EventsFrame.tail());
        return all.toString(US_ASCII);
    }

    private void change(long number, long due) {
        EventTemplate.decimal(frame, numberAt, NUMBER_DIGITS, number);
        EventTemplate.decimal(frame, seqAt, SEQ_DIGITS, EventTemplate.FIRST_SEQ + number);
        EventTemplate.hex(frame, dueAt, due);
    }
}
