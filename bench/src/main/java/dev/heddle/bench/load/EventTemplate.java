package dev.heddle.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.EventItem;
import dev.heddle.event.Json;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;
import java.util.Locale;

/**
 * One user's event as the log stores it. Its number and due time are overwritten in place, so that making an event
 * costs next to nothing. It is a {@code TEXT_MESSAGE_CONTENT} of one endless run; everything that changes has a fixed
 * width, so all events of a load are of one size.
 *
 * <p>A receiver finds in the event's ITEM the user ({@value #ITEM_BEGIN} and six digits of {@code eventId}), the number
 * ({@code runSeq} less {@value #FIRST_SEQ}) and the due time (16 hex digits after {@value #DUE}). Owned by one thread.
 */
public final class EventTemplate {
    /**
     * The runSeq of number 0: from here on it takes four bytes in Avro and seven digits in JSON, for millions of
     * events.
     */
    public static final long FIRST_SEQ = 1 << 20;

    /** The first characters of each ITEM. */
    public static final String ITEM_BEGIN = "{\"eventId\":\"b";

    /** The mark in front of the due time, in the log and on the wire. */
    public static final String DUE = "~due~";

    /** The digits of a user's index. */
    public static final int USER_DIGITS = 6;

    private static final int NUMBER_DIGITS = 12;
    private static final int DUE_DIGITS = 16;
    private static final long SEQ_END = 10_000_000;
    private static final String RUN = "bench-run";
    private static final String TYPE = "TEXT_MESSAGE_CONTENT";

    private final UserKey user;
    private final byte[] value;
    private final int numberAt;
    private final int seqAt;
    private final int timestampAt;
    private final int dueAt;

    private EventTemplate(UserKey user, int index, byte[] value) {
        this.user = user;
        this.value = value;
        this.numberAt = indexOf(value, idBegin(index), 0) + idBegin(index).length();
        this.seqAt = indexOf(value, RUN, 0) + RUN.length();
        this.timestampAt = indexOf(value, TYPE, seqAt) + TYPE.length();
        this.dueAt = indexOf(value, DUE, timestampAt) + DUE.length();
    }

    /**
     * Makes the template of a user's events.
     *
     * @param index of the user, below a million; becomes part of each event's id
     * @param size of the stored value in bytes; as small as may be, if that is not small enough
     */
    public static EventTemplate of(UserKey user, int index, int size) {
        int padding = Math.max(0, size - encoded(user, index, 0).length);
        // Text of 64 bytes and more takes a byte more for its length.
        int excess = Math.max(0, encoded(user, index, padding).length - size);
        return new EventTemplate(user, index, encoded(user, index, Math.max(0, padding - excess)));
    }

    private static byte[] encoded(UserKey user, int index, int padding) {
        ObjectNode event = Json.object()
                .put("type", TYPE)
                .put("timestamp", System.currentTimeMillis())
                .put("messageId", "m-1")
                .put("delta", DUE + "0".repeat(DUE_DIGITS) + "x".repeat(padding));
        String id = idBegin(index) + "0".repeat(NUMBER_DIGITS);
        RunPlace place = new RunPlace(RUN, FIRST_SEQ, 0);
        return EventCodec.encode(new AgentEvent(new Envelope(id, user, "bench", "bench", place), event));
    }

    private static String idBegin(int index) {
        return String.format(Locale.ROOT, "b%0" + USER_DIGITS + "d-", index);
    }

    /** The user of these events. */
    public UserKey user() {
        return user;
    }

    /**
     * The stored form of one event: the same array each time.
     *
     * @param number among the user's events, from 0
     * @param due by {@link System#nanoTime()}
     */
    public byte[] event(long number, long due) {
        long seq = FIRST_SEQ + number;
        if (seq >= SEQ_END) {
            throw new IllegalStateException("a user of a load has at most " + (SEQ_END - FIRST_SEQ) + " events");
        }
        decimal(value, numberAt, NUMBER_DIGITS, number);
        varint(value, seqAt, seq);
        varint(value, timestampAt, System.currentTimeMillis());
        hex(value, dueAt, due);
        return value;
    }

    /** The ITEM of the event that {@link #event} made last, as a new array. */
    public byte[] item() {
        return EventItem.of(user, value.clone()).json();
    }

    /** The position of the due time in the stored form, in bytes. */
    public int dueAt() {
        return dueAt;
    }

    /** Reads the due time at this position. */
    public static long due(byte[] from, int at) {
        long due = 0;
        for (int i = at; i < at + DUE_DIGITS; i++) {
            due = (due << 4) | Character.digit(from[i], 16);
        }
        return due;
    }

    /** The position in bytes of the first occurrence of a text at or after {@code from}; -1 if there is none. */
    public static int indexOf(byte[] in, String text, int from) {
        return indexOf(in, text.getBytes(US_ASCII), from, in.length);
    }

    static int indexOf(byte[] in, byte[] text, int from, int to) {
        int last = to - text.length;
        for (int i = from; i <= last; i++) {
            int matched = 0;
            while (matched < text.length && in[i + matched] == text[matched]) {
                matched++;
            }
            if (matched == text.length) {
                return i;
            }
        }
        return -1;
    }

    /** Overwrites {@code digits} bytes with the decimal digits of a number, with leading zeros. */
    public static void decimal(byte[] into, int at, int digits, long number) {
        long rest = number;
        for (int i = at + digits - 1; i >= at; i--) {
            into[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /** Overwrites a due time, in 16 hex digits. */
    public static void hex(byte[] into, int at, long number) {
        for (int i = 0; i < DUE_DIGITS; i++) {
            into[at + i] = (byte) Character.forDigit((int) (number >>> (4 * (DUE_DIGITS - 1 - i))) & 15, 16);
        }
    }

    /** Overwrites an Avro long with one that has the same encoded length. */
    private static void varint(byte[] into, int at, long number) {
        long rest = number << 1;
        int i = at;
        while (rest > 127) {
            into[i++] = (byte) ((rest & 127) | 128);
            rest >>>= 7;
        }
        into[i] = (byte) rest;
    }
}
