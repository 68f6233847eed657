package dev.heddle.bench.floor;

import dev.heddle.bench.load.EventTemplate;
import dev.heddle.event.topic.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.HdrHistogram.SingleWriterRecorder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A consumer of the whole log that only reads each event's due time.
 *
 * <p>Arguments: bootstrap servers, partitions, {@code fetch.max.wait.ms}, {@code fetch.min.bytes}. Order: {@code take},
 * answered with the histogram of the latencies since the previous one.
 */
public final class BareConsumer {
    private static final long HIGHEST_NANOS = TimeUnit.MINUTES.toNanos(30);
    private static final Duration WAIT = Duration.ofMillis(500);

    private final SingleWriterRecorder latencies = new SingleWriterRecorder(HIGHEST_NANOS, 3);
    private int dueAt;

    private BareConsumer() {}

    public static void main(String[] arguments) throws IOException {
        BareConsumer consumer = new BareConsumer();
        Thread polling = new Thread(() -> consumer.run(arguments), "consumer");
        polling.setDaemon(true);
        polling.start();
        Orders.serve(order -> Orders.encode(consumer.latencies.getIntervalHistogram()));
    }

    private void run(String[] arguments) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", arguments[0],
                        "enable.auto.commit", "false",
                        "max.poll.records", "5000",
                        "fetch.max.wait.ms", arguments[2],
                        "fetch.min.bytes", arguments[3]),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> all = IntStream.range(0, Integer.parseInt(arguments[1]))
                    .mapToObj(partition -> new TopicPartition(Topics.AGENT_EVENTS, partition))
                    .toList();
            consumer.assign(all);
            consumer.seekToEnd(all);
            all.forEach(consumer::position);
            System.out.println("ready");
            System.out.flush();
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(WAIT)) {
                    take(record.value());
                }
            }
        }
    }

    private void take(byte[] value) {
        if (dueAt == 0) {
            // The same in every event of a load, for all that changes in them has a fixed width.
            dueAt = EventTemplate.indexOf(value, EventTemplate.DUE, 0) + EventTemplate.DUE.length();
        }
        long latency = System.nanoTime() - EventTemplate.due(value, dueAt);
        latencies.recordValue(Math.max(0, Math.min(HIGHEST_NANOS, latency)));
    }
}
