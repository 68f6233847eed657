package dev.heddle.event.topic;

import org.apache.kafka.common.utils.ByteUtils;

/**
 * The size of a record as Kafka compares it with a topic's {@code max.message.bytes}: that of a batch (magic 2, uncompressed)
 * in which the record stands alone, without headers. A smaller limit refuses the record however it is sent.
 */
public final class RecordSize {

    /** Base offset, length, leader epoch, magic, checksum, attributes, deltas, timestamps, producer and count. */
    private static final int BATCH_OVERHEAD = 61;

    /** Attributes, and one byte each for the deltas of time and offset and for the count of headers. */
    private static final int RECORD_OVERHEAD = 4;

    private RecordSize() {}

    /** The bytes of a batch with one record of this key and value. */
    public static int alone(int keyBytes, int valueBytes) {
        int body = RECORD_OVERHEAD
                + ByteUtils.sizeOfVarint(keyBytes)
                + keyBytes
                + ByteUtils.sizeOfVarint(valueBytes)
                + valueBytes;
        return BATCH_OVERHEAD + ByteUtils.sizeOfVarint(body) + body;
    }
}
