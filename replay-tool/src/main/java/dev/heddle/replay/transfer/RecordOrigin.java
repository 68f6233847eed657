package dev.heddle.replay.transfer;

import dev.heddle.event.Generation;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * The origin of a republished record, carried in the header {@value #HEADER}: topic id (16 bytes), partition (4),
 * offset (8), big-endian. Edges and other tools ignore it.
 */
record RecordOrigin(UUID topicId, int partition, long offset) {
    static final String HEADER = "heddle.origin";
    private static final int BYTES = 28;

    static RecordOrigin of(Generation log, int partition, long offset) {
        return new RecordOrigin(log.topicId(), partition, offset);
    }

    /** The origin in the headers; null if there is none. */
    static @Nullable RecordOrigin in(Headers headers) {
        Header header = headers.lastHeader(HEADER);
        if (header == null || header.value() == null || header.value().length != BYTES) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(header.value());
        return new RecordOrigin(new UUID(in.getLong(), in.getLong()), in.getInt(), in.getLong());
    }

    /** A record's other headers together with this one. */
    Header[] with(Headers headers) {
        Header own = new RecordHeader(
                HEADER,
                ByteBuffer.allocate(BYTES)
                        .putLong(topicId.getMostSignificantBits())
                        .putLong(topicId.getLeastSignificantBits())
                        .putInt(partition)
                        .putLong(offset)
                        .array());
        Header[] others = Arrays.stream(headers.toArray())
                .filter(header -> !header.key().equals(HEADER))
                .toArray(Header[]::new);
        Header[] all = Arrays.copyOf(others, others.length + 1);
        all[others.length] = own;
        return all;
    }
}
