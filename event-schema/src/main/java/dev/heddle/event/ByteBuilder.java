package dev.heddle.event;

import java.util.Arrays;

/** A growing byte array. For one thread. */
class ByteBuilder {
    private static final int MIN = 64;

    byte[] bytes;
    int length;

    ByteBuilder(int capacity) {
        bytes = new byte[Math.max(MIN, capacity)];
    }

    ByteBuilder(byte[] empty) {
        bytes = empty;
    }

    final void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length + (bytes.length >> 1), Math.addExact(length, more)));
        }
    }

    final void add(int oneByte) {
        room(1);
        bytes[length++] = (byte) oneByte;
    }

    final void add(byte[] all) {
        add(all, 0, all.length);
    }

    final void add(byte[] from, int start, int end) {
        int count = end - start;
        room(count);
        System.arraycopy(from, start, bytes, length, count);
        length += count;
    }

    final byte[] toArray() {
        return Arrays.copyOf(bytes, length);
    }
}
