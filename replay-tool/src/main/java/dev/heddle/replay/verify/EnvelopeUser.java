package dev.heddle.replay.verify;

import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads the user from a stored event's envelope by hand, because the codec decodes an event only for a given user. */
final class EnvelopeUser {
    /** The bytes of marker and fingerprint of Avro's single-object encoding. */
    private static final int HEADER = 10;

    private EnvelopeUser() {}

    /** True if the record can be decoded for the user in its envelope. */
    static boolean readsUnderItsOwnKey(byte @Nullable [] value) {
        if (value == null) {
            return false;
        }
        try {
            EventItem.of(userOf(value), value);
            return true;
        } catch (InvalidEventException e) {
            return false;
        }
    }

    /** Reads the second field of the record, behind the event id: both are Avro strings, a zigzag length and UTF-8. */
    private static UserKey userOf(byte[] value) {
        int at = HEADER;
        at = end(value, at);
        int end = end(value, at);
        int begin = at;
        while (value[begin] < 0) {
            begin++;
        }
        return UserKey.fromUtf8(Arrays.copyOfRange(value, begin + 1, end));
    }

    private static int end(byte[] value, int from) {
        long length = 0;
        int at = from;
        int shift = 0;
        do {
            if (at >= value.length || shift > 28) {
                throw new InvalidEventException("not Avro");
            }
            length |= (long) (value[at] & 0x7f) << shift;
            shift += 7;
        } while (value[at++] < 0);
        long end = at + (length >>> 1);
        if ((length & 1) != 0 || end > value.length) {
            throw new InvalidEventException("not Avro");
        }
        return (int) end;
    }
}
