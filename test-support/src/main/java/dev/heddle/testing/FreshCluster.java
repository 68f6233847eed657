package dev.heddle.testing;

import dev.heddle.kafka.EmbeddedKafka;
import dev.heddle.kafka.EmbeddedKafkaConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** An embedded cluster of one test's own, whose brokers it may stop; closing it deletes its data. */
public final class FreshCluster implements AutoCloseable {
    private final Path data;
    private final EmbeddedKafka kafka;

    private FreshCluster(Path data, EmbeddedKafka kafka) {
        this.data = data;
        this.kafka = kafka;
    }

    static FreshCluster start(UnaryOperator<EmbeddedKafkaConfig> choice) {
        try {
            Path data = Files.createTempDirectory("heddle-kafka");
            return new FreshCluster(data, EmbeddedKafka.start(choice.apply(EmbeddedKafkaConfig.in(data))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /** Stops one broker (and its controller) cleanly; it keeps its port and its data. */
    public void stopBroker(int index) {
        kafka.stopBroker(index);
    }

    /** Starts a stopped broker again and waits until it serves. */
    public void startBroker(int index) {
        kafka.startBroker(index);
    }

    /**
     * Damages the record batch that holds an offset, in every copy of the partition; brokers go on and serve the
     * damaged batch.
     */
    public void damage(String topic, int partition, long offset, BatchDamage damage) {
        damage.apply(data, topic + "-" + partition, offset);
    }

    /**
     * Simulates a machine's crash: the one broker stops, loses the end of the partition of each topic from the batch
     * that holds the offset on, and restarts. Waits until it serves again.
     */
    public void cut(Map<String, Long> ends, int partition) {
        kafka.stopBroker(0);
        ends.forEach((topic, offset) -> damage(topic, partition, offset, BatchDamage.CUT));
        BatchDamage.forgetOrderlyEnd(data);
        kafka.startBroker(0);
    }

    @Override
    public void close() {
        kafka.close();
        try (Stream<Path> tree = Files.walk(data)) {
            List<Path> leavesFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path each : leavesFirst) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
