package dev.heddle.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class PartitioningTest {
    /** The published vectors are what Kafka's own producer does with the same key. */
    @Test
    void theVectorsAreKafkas() {
        JsonNode file =
                Json.parseObject(Samples.lines("/partition-vectors.json").collect(Collectors.joining("\n")));
        assertTrue(file.get("vectors").size() > 20);
        for (JsonNode vector : file.get("vectors")) {
            UserKey user = UserKey.of(vector.get("userKey").textValue());
            int partitions = vector.get("partitions").intValue();
            int expected = vector.get("partition").intValue();
            assertEquals(expected, Partitioning.partitionOf(user, partitions), user.value());
            assertEquals(expected, BuiltInPartitioner.partitionForKey(user.utf8(), partitions), user.value());
        }
    }

    @Test
    void aCountBelowOneIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Partitioning.partitionOf(UserKey.of("a"), 0));
    }
}
