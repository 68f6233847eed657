package dev.heddle.event;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.SecureRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The generator of event ids: UUID version 7 (RFC 9562), strictly increasing within the process.
 *
 * <p>The 12 bits after the millisecond are a counter (method 1 of section 6.2) that overflows into the millisecond, so
 * the order also holds for more than 4,096 ids a millisecond and when the clock steps back. Thread-safe.
 */
public final class EventIds {
    /** The length of an id in characters. */
    static final int LENGTH = 36;

    private static final byte[] DIGITS = "0123456789abcdef".getBytes(US_ASCII);
    private static final EventIds PROCESS = new EventIds(System::currentTimeMillis);

    private final LongSupplier millis;
    private final AtomicLong last = new AtomicLong();
    /** The salt that separates processes whose thread-local generators have the same seed. */
    private final long salt = new SecureRandom().nextLong();

    EventIds(LongSupplier millis) {
        this.millis = millis;
    }

    /** A new id, greater as text than every one before it in this process. */
    public static String next() {
        return PROCESS.nextId();
    }

    /** Appends the text of a new id, as {@link #next()} gives it. */
    static void next(ByteBuilder out) {
        PROCESS.write(out);
    }

    private void write(ByteBuilder out) {
        long tick = nextTick();
        out.room(LENGTH);
        byte[] into = out.bytes;
        int at = hex(into, out.length, high(tick), 64, 32);
        into[at++] = '-';
        at = hex(into, at, high(tick), 32, 16);
        into[at++] = '-';
        at = hex(into, at, high(tick), 16, 0);
        into[at++] = '-';
        long low = low();
        at = hex(into, at, low, 64, 48);
        into[at++] = '-';
        out.length = hex(into, at, low, 48, 0);
    }

    /** Writes the bits of a number between two positions, both counted from the lowest bit, in hexadecimal. */
    private static int hex(byte[] into, int at, long bits, int from, int to) {
        int next = at;
        for (int shift = from - 4; shift >= to; shift -= 4) {
            into[next++] = DIGITS[(int) (bits >>> shift) & 0xF];
        }
        return next;
    }

    String nextId() {
        ByteBuilder out = new ByteBuilder(LENGTH);
        write(out);
        return new String(out.bytes, 0, out.length, US_ASCII);
    }

    private long nextTick() {
        long now = millis.getAsLong() << 12;
        return last.updateAndGet(before -> Math.max(before + 1, now));
    }

    private static long high(long tick) {
        return ((tick >>> 12) << 16) | 0x7000L | (tick & 0xFFF);
    }

    private long low() {
        return ((salt ^ ThreadLocalRandom.current().nextLong()) >>> 2) | 0x8000_0000_0000_0000L;
    }
}
