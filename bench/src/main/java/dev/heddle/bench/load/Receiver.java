package dev.heddle.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one connection is given, judged as it comes: whose each event is, whether it is the next one, when it was due.
 * Looks only at what it needs of a frame. Owned by its fleet's thread, but {@link #next()} may be asked by any.
 */
public final class Receiver {
    private static final byte[] EVENTS = "{\"type\":\"events\"".getBytes(US_ASCII);
    private static final byte[] CAUGHT_UP = "{\"type\":\"caughtUp\"".getBytes(US_ASCII);
    private static final byte[] CURSOR = "\"cursor\":\"".getBytes(US_ASCII);
    private static final byte[] ITEM = EventTemplate.ITEM_BEGIN.getBytes(US_ASCII);
    private static final byte[] RUN_SEQ = "\"runSeq\":".getBytes(US_ASCII);
    private static final byte[] DUE = EventTemplate.DUE.getBytes(US_ASCII);
    private static final int CURSOR_WITHIN = 400;
    private static final byte[] NONE = {};

    private final int user;
    private final Tally tally;
    private final AtomicLong next = new AtomicLong();
    private volatile byte[] cursor = NONE;
    private volatile long lastAt;

    Receiver(int user, Tally tally) {
        this.user = user;
        this.tally = tally;
    }

    /** The number that it expects next: every one before was received or is known to be missing. */
    public long next() {
        return next.getAcquire();
    }

    /** When the last event came, by {@link System#nanoTime()}. */
    public long lastAt() {
        return lastAt;
    }

    /** The newest cursor; empty if there was none. */
    public String cursor() {
        return new String(cursor, US_ASCII);
    }

    /** Expects this number next; before anything comes, or while nothing does. */
    public void expect(long number) {
        next.setRelease(number);
    }

    /** Starts with this cursor instead of the newest. */
    public void cursor(String other) {
        cursor = other.getBytes(US_ASCII);
    }

    /** Takes one text frame; whether it was {@code caughtUp}. */
    boolean text(byte[] data, int from, int to, long now) {
        keepCursor(data, from, to);
        if (startsWith(data, from, to, EVENTS)) {
            events(data, from, to, now);
            return false;
        }
        return startsWith(data, from, to, CAUGHT_UP);
    }

    private void keepCursor(byte[] data, int from, int to) {
        int at = EventTemplate.indexOf(data, CURSOR, from, Math.min(to, from + CURSOR_WITHIN));
        if (at < 0) {
            return;
        }
        int begin = at + CURSOR.length;
        int end = begin;
        while (end < to && data[end] != '"') {
            end++;
        }
        byte[] kept = cursor;
        if (kept.length == end - begin) {
            System.arraycopy(data, begin, kept, 0, kept.length);
            cursor = kept;
        } else {
            cursor = Arrays.copyOfRange(data, begin, end);
        }
    }

    private void events(byte[] data, int from, int to, long now) {
        int at = EventTemplate.indexOf(data, ITEM, from, to);
        while (at >= 0) {
            int seq = EventTemplate.indexOf(data, RUN_SEQ, at, to);
            int due = seq < 0 ? -1 : EventTemplate.indexOf(data, DUE, seq, to);
            if (due < 0) {
                tally.unreadable();
                return;
            }
            event(
                    number(data, at + ITEM.length, at + ITEM.length + EventTemplate.USER_DIGITS),
                    number(data, seq + RUN_SEQ.length, to) - EventTemplate.FIRST_SEQ,
                    now - EventTemplate.due(data, due + DUE.length));
            at = EventTemplate.indexOf(data, ITEM, due, to);
        }
        lastAt = now;
    }

    private void event(long owner, long number, long latency) {
        if (owner != user) {
            tally.foreign();
            return;
        }
        long expected = next.getPlain();
        if (number < expected) {
            tally.again();
        } else {
            tally.missing(number - expected);
            next.setRelease(number + 1);
        }
        tally.received(latency);
    }

    private static long number(byte[] data, int from, int to) {
        long number = 0;
        for (int i = from; i < to && data[i] >= '0' && data[i] <= '9'; i++) {
            number = number * 10 + data[i] - '0';
        }
        return number;
    }

    private static boolean startsWith(byte[] data, int from, int to, byte[] text) {
        return to - from >= text.length && Arrays.equals(data, from, from + text.length, text, 0, text.length);
    }
}
