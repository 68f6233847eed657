package dev.heddle.edge.log;

import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** The value of a record of which only the key is wanted: not even copied out of the fetch. */
enum Unread {
    VALUE;

    /** Makes one of whatever the value is. */
    static final class Value implements Deserializer<Unread> {
        @Override
        public Unread deserialize(String topic, byte @Nullable [] data) {
            return VALUE;
        }

        @Override
        public Unread deserialize(String topic, Headers headers, @Nullable ByteBuffer data) {
            return VALUE;
        }
    }
}
