package dev.heddle.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The checker of one connection's frames: it checks each event's user and number, and takes its latency from the due
 * time. It searches a frame for these fields and parses no JSON. Owned by its fleet's thread; any thread may call
 * {@link #next()}.
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

    /** The next expected number; every lower one was received or counted as missing. */
    public long next() {
        return next.getAcquire();
    }

    /** The arrival time of the last event, by {@link System#nanoTime()}. */
    public long lastAt() {
        return lastAt;
    }

    /** The newest cursor; empty if there was none. */
    public String cursor() {
        return new String(cursor, US_ASCII);
    }

    /** Sets the next expected number; only called while no event can arrive. */
    public void expect(long number) {
        next.setRelease(number);
    }

    /** Replaces the newest cursor for the next connect. */
    public void cursor(String other) {
        cursor = other.getBytes(US_ASCII);
    }

    /** Takes one text frame; returns true if it was {@code caughtUp}. */
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
