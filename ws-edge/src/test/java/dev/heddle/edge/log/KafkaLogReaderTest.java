package dev.heddle.edge.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.edge.hub.LogReader;
import dev.heddle.edge.hub.SilentObserver;
import dev.heddle.event.Generation;
import dev.heddle.topic.EventLogTopics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** What {@link KafkaEventLogTest} cannot make a real Kafka do when it is to. */
class KafkaLogReaderTest {

    @Test
    void aKafkaThatIsTooSlowWithSomethingIsAskedAgain() {
        EventLogTopics topic = EventLogTopics.events(new Generation(new UUID(0, 1), 1));
        TopicPartition partition = topic.partition(0);
        MockConsumer<byte[], ByteBuffer> kafka = new MockConsumer<>("none");
        kafka.updateBeginningOffsets(Map.of(partition, 0L));
        try (LogReader reader = new KafkaLogReader(
                kafka,
                topic,
                new SilentObserver(),
                new KafkaLogReader.Search(KafkaClientSettings.at("127.0.0.1:1"), Runnable::run))) {
            reader.seek(0, 0);
            kafka.addRecord(new ConsumerRecord<>(
                    partition.topic(), 0, 0, bytes("alice"), ByteBuffer.wrap(bytes("not looked at here"))));
            kafka.setPollException(new TimeoutException("no position in time"));
            assertEquals(LogReader.Fetch.NOTHING, reader.poll(Duration.ZERO, LogReader.Wanted.ALL));
            assertEquals(
                    1,
                    reader.poll(Duration.ZERO, LogReader.Wanted.ALL)
                            .partitions()
                            .get(0)
                            .records()
                            .size());
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
