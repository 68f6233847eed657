package dev.heddle.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.config.KafkaClientSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartitionPassTest {
    private static final TopicPartition PARTITION = new TopicPartition("log", 0);
    private static final KafkaClientSettings KAFKA = KafkaClientSettings.at("127.0.0.1:9092");

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final SkippingPoller<byte[], byte[]> poller = SkippingPoller.waiting(consumer, KAFKA, skipped -> {});
    private final List<Long> visited = new ArrayList<>();

    @BeforeEach
    void tenRecords() {
        consumer.assign(List.of(PARTITION));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, 10L));
        for (long offset = 0; offset < 10; offset++) {
            consumer.addRecord(new ConsumerRecord<>(PARTITION.topic(), 0, offset, new byte[0], new byte[0]));
        }
    }

    private PartitionPass pass(Duration patience) {
        return new PartitionPass(poller, PARTITION, patience);
    }

    private boolean visit(ConsumerRecord<byte[], byte[]> record) {
        visited.add(record.offset());
        return true;
    }

    @Test
    void aPassGoesFromItsFirstOffsetToBeforeItsEnd() {
        assertTrue(pass(Duration.ofSeconds(10)).read(3, 6, this::visit));
        assertEquals(List.of(3L, 4L, 5L), visited);
        assertTrue(pass(Duration.ofSeconds(10)).read(8, 8, this::visit));
        assertEquals(3, visited.size());
    }

    @Test
    void aVisitorEndsThePass() {
        assertFalse(pass(Duration.ofSeconds(10)).read(0, 10, record -> visit(record) && record.offset() < 1));
        assertEquals(List.of(0L, 1L), visited);
    }

    @Test
    void aVisitorSkipsOffsets() {
        consumer.setMaxPollRecords(2);
        pass(Duration.ofSeconds(10)).read(0, 10, new PartitionPass.Visitor() {
            @Override
            public boolean visit(ConsumerRecord<byte[], byte[]> record) {
                return PartitionPassTest.this.visit(record);
            }

            @Override
            public long reached(long offset) {
                return offset == 2 ? 8 : offset;
            }
        });
        assertEquals(List.of(0L, 1L, 8L, 9L), visited);
    }

    @Test
    void theEndIsReachedByPositionAlsoWhereNoRecordIs() {
        consumer.schedulePollTask(() -> consumer.seek(PARTITION, 12));
        assertTrue(pass(Duration.ofSeconds(10)).read(10, 12, this::visit));
        assertEquals(List.of(), visited);
    }

    @Test
    void aSilentKafkaFailsThePass() {
        TimeoutException silence =
                assertThrows(TimeoutException.class, () -> pass(Duration.ZERO).read(10, 12, this::visit));
        assertEquals("Kafka gives nothing of log-0 any more since 0 s", silence.getMessage());
    }
}
