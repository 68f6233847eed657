package dev.heddle.edge.protocol;

import java.nio.charset.StandardCharsets;

/**
 * The parts around the items of an {@code events} frame. The items themselves are the bytes that the log's records were
 * turned into once for all their readers; the frame is those bytes in a row, so no JSON is built on the way to a
 * socket.
 */
public final class EventsFrame {

    private static final byte[] HEAD = ascii("{\"type\":\"events\",\"cursor\":\"");
    private static final byte[] MIDDLE = ascii("\",\"events\":[");
    private static final byte[] TAIL = ascii("]}");

    private EventsFrame() {}

    /**
     * The bytes before the first item.
     *
     * @param cursor base64url, so nothing in it needs escaping
     */
    public static byte[] head(String cursor) {
        byte[] head = new byte[HEAD.length + cursor.length() + MIDDLE.length];
        System.arraycopy(HEAD, 0, head, 0, HEAD.length);
        System.arraycopy(ascii(cursor), 0, head, HEAD.length, cursor.length());
        System.arraycopy(MIDDLE, 0, head, HEAD.length + cursor.length(), MIDDLE.length);
        return head;
    }

    /** The bytes after the last item; the same array each time, not to be modified. */
    public static byte[] tail() {
        return TAIL;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
