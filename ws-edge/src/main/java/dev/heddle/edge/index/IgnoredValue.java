package dev.heddle.edge.index;

import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** The value of a record whose key alone is read: the value is not copied out of the fetch. */
enum IgnoredValue {
    VALUE;

    /** The deserializer: ignores its input. */
    static final class Decoder implements Deserializer<IgnoredValue> {
        @Override
        public IgnoredValue deserialize(String topic, byte @Nullable [] data) {
            return VALUE;
        }

        @Override
        public IgnoredValue deserialize(String topic, Headers headers, @Nullable ByteBuffer data) {
            return VALUE;
        }
    }
}
