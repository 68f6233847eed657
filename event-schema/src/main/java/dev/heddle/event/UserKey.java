package dev.heddle.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * The opaque id of one user, from a verified token; the Kafka record key of all of the user's records. 1 to 256 bytes
 * of strict UTF-8; two keys are equal exactly if their bytes are.
 */
public final class UserKey {
    /** The length of the longest key, in bytes. */
    public static final int MAX_BYTES = 256;

    private final byte[] utf8;
    private final int hash;
    private @Nullable String value;

    private UserKey(byte[] utf8, @Nullable String value) {
        this.utf8 = utf8;
        this.value = value;
        this.hash = Utils.murmur2(utf8);
    }

    /**
     * The key of this text.
     *
     * @throws InvalidEventException if the text is empty, longer than 256 bytes, or has an unpaired surrogate
     */
    public static UserKey of(String value) {
        if (value.length() > MAX_BYTES) {
            throw tooLong();
        }
        if (!Utf8.isWellFormed(value)) {
            throw new InvalidEventException("user key has an unpaired surrogate");
        }
        byte[] utf8 = value.getBytes(UTF_8);
        checkLength(utf8);
        return new UserKey(utf8, value);
    }

    /**
     * The key with these bytes. The array is taken over, not copied.
     *
     * @throws InvalidEventException if it is empty, longer than 256 bytes, or not strict UTF-8
     */
    public static UserKey fromUtf8(byte[] utf8) {
        checkLength(utf8);
        if (!Utf8.isValid(utf8, 0, utf8.length)) {
            throw new InvalidEventException("user key is not strict UTF-8");
        }
        return new UserKey(utf8, null);
    }

    private static void checkLength(byte[] utf8) {
        if (utf8.length == 0) {
            throw new InvalidEventException("user key is empty");
        }
        if (utf8.length > MAX_BYTES) {
            throw tooLong();
        }
    }

    private static InvalidEventException tooLong() {
        return new InvalidEventException("user key is longer than " + MAX_BYTES + " bytes");
    }

    /** The key as text. */
    public String value() {
        String text = value;
        if (text == null) {
            text = new String(utf8, UTF_8);
            value = text;
        }
        return text;
    }

    /** The key's bytes: the same array each time, not to be modified. */
    public byte[] utf8() {
        return utf8;
    }

    /** Kafka's murmur2 of the bytes, from which the partition follows. */
    int murmur2() {
        return hash;
    }

    boolean hasBytes(byte[] other, int from, int to) {
        return Arrays.equals(utf8, 0, utf8.length, other, from, to);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof UserKey that && hash == that.hash && Arrays.equals(utf8, that.utf8));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return value();
    }
}
