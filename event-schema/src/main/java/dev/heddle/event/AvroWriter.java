package dev.heddle.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/** A writer of Avro's binary encoding. For one thread. */
final class AvroWriter extends ByteBuilder {
    AvroWriter(int capacity) {
        super(capacity);
    }

    void number(long value) {
        room(10);
        long raw = (value << 1) ^ (value >> 63);
        while ((raw & ~0x7FL) != 0) {
            bytes[length++] = (byte) ((raw & 0x7F) | 0x80);
            raw >>>= 7;
        }
        bytes[length++] = (byte) raw;
    }

    /** A string that is known to be well-formed UTF-16. */
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
