package dev.heddle.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/** A writer of Avro's binary encoding. For one thread. */
final class AvroWriter extends ByteBuilder {
    AvroWriter(int capacity) {
        super(capacity);
    }

    private AvroWriter(byte[] empty) {
        super(empty);
    }

    /** A writer of exactly this many bytes, whose array is then the result. */
    static AvroWriter ofSize(int bytes) {
        return new AvroWriter(new byte[bytes]);
    }

    /** The encoded length of a number in bytes. */
    static int lengthOf(long value) {
        long raw = (value << 1) ^ (value >> 63);
        return raw == 0 ? 1 : (70 - Long.numberOfLeadingZeros(raw)) / 7;
    }

    void number(long value) {
        long raw = (value << 1) ^ (value >> 63);
        room(lengthOf(value));
        while ((raw & ~0x7FL) != 0) {
            bytes[length++] = (byte) ((raw & 0x7F) | 0x80);
            raw >>>= 7;
        }
        bytes[length++] = (byte) raw;
    }

    /** Writes a string that is known to be well-formed UTF-16. */
    void text(String text) {
        utf8(text.getBytes(UTF_8));
    }

    void utf8(byte[] text) {
        number(text.length);
        add(text);
    }

    void absent() {
        number(0);
    }

    void present() {
        number(1);
    }

    void optionalText(@Nullable String text) {
        if (text == null) {
            absent();
        } else {
            present();
            text(text);
        }
    }
}
