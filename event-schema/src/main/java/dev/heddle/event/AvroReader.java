package dev.heddle.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/**
 * A reader of Avro's binary encoding over an array. It returns strings as slices and checks every length against the
 * array before it allocates anything. For one thread.
 */
final class AvroReader {
    final byte[] bytes;
    private int at;
    /** The start of the string read last, in {@link #bytes}. */
    int from;
    /** The end (exclusive) of the string read last. */
    int to;

    AvroReader(byte[] bytes, int start) {
        this.bytes = bytes;
        this.at = start;
    }

    /** Reads an Avro long: zig-zag, seven bits a byte, at most ten bytes. */
    long readLong() {
        long raw = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            if (at >= bytes.length) {
                throw truncated();
            }
            byte b = bytes[at++];
            raw |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new InvalidEventException("not Avro: a number of more than ten bytes");
    }

    int readInt() {
        long value = readLong();
        if (value != (int) value) {
            throw new InvalidEventException("not Avro: an int out of range");
        }
        return (int) value;
    }

    /** Reads the branch of a union of null and one other type; true if it is the other one. */
    boolean readPresent() {
        long branch = readLong();
        if ((branch & ~1L) != 0) {
            throw new InvalidEventException("not Avro: no branch " + branch + " in a union of two");
        }
        return branch == 1;
    }

    /** Reads the next string: sets {@link #from} and {@link #to} to its bounds. */
    void readString() {
        long length = readLong();
        if (length < 0) {
            throw new InvalidEventException("not Avro: a string of negative length");
        }
        if (length > bytes.length - at) {
            throw truncated();
        }
        from = at;
        to = at + (int) length;
        at = to;
    }

    String readText() {
        readString();
        return text();
    }

    @Nullable
    String readOptionalText() {
        return readPresent() ? readText() : null;
    }

    /** Reads the number of items of the next array block, 0 at the end of the array; each item takes a byte or more. */
    int readBlock() {
        long count = readLong();
        if (count < 0) {
            readLong();
            count = -count;
        }
        if (count < 0 || count > bytes.length - at) {
            throw truncated();
        }
        return (int) count;
    }

    /** The text of the string read last. */
    String text() {
        if (!Utf8.isValid(bytes, from, to)) {
            throw new InvalidEventException("a string is not strict UTF-8");
        }
        return new String(bytes, from, to - from, UTF_8);
    }

    void expectEnd() {
        if (at != bytes.length) {
            throw new InvalidEventException("not Avro: " + (bytes.length - at) + " bytes after the record");
        }
    }

    void skip(int count) {
        if (count > bytes.length - at) {
            throw truncated();
        }
        at += count;
    }

    static InvalidEventException truncated() {
        return new InvalidEventException("truncated record");
    }
}
