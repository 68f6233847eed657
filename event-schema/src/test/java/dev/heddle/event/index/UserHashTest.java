package dev.heddle.event.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class UserHashTest {
    @Test
    void thePublishedVectors_hold() throws Exception {
        JsonNode vectors;
        try (InputStream in = Objects.requireNonNull(UserHash.class.getResourceAsStream("/index-vectors.json"))) {
            vectors = Json.mapper().readTree(in);
        }
        assertTrue(vectors.size() > 5);
        for (JsonNode vector : vectors) {
            long hash = UserHash.of(UserKey.of(vector.get("key").textValue()));
            assertEquals(Long.parseUnsignedLong(vector.get("hash").textValue(), 16), hash);
            for (JsonNode filter : vector.get("bits")) {
                byte[] bits = new byte[filter.get("filterBytes").intValue()];
                Bloom.set(
                        bits,
                        new Bloom.Span(0, bits.length),
                        UserHash.at(filter.get("blockStart").longValue(), hash));
                int[] expected = StreamSupport.stream(filter.get("bits").spliterator(), false)
                        .mapToInt(JsonNode::intValue)
                        .sorted()
                        .distinct()
                        .toArray();
                assertArrayEquals(expected, setBits(bits));
            }
        }
    }

    private static int[] setBits(byte[] bits) {
        List<Integer> set = new ArrayList<>();
        for (int bit = 0; bit < bits.length * 8; bit++) {
            if ((bits[bit >> 3] >> (bit & 7) & 1) == 1) {
                set.add(bit);
            }
        }
        return set.stream().mapToInt(Integer::intValue).toArray();
    }
}
