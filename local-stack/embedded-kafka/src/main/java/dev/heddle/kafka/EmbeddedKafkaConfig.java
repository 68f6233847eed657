package dev.heddle.kafka;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The settings of an embedded Kafka.
 *
 * @param data the directory that keeps its data; made if it is missing, continued if it is an earlier run's
 * @param port the first broker's port on loopback, the others follow it one by one; 0 takes free ones
 * @param brokers how many brokers run in this process, each a controller too; 1 to {@value #MAX_BROKERS}
 * @param properties broker properties that replace the embedded ones (say, a short retention for a test)
 */
public record EmbeddedKafkaConfig(Path data, int port, int brokers, Map<String, String> properties) {
    /** More brokers than this show nothing that three do not, and cost a small machine dearly. */
    public static final int MAX_BROKERS = 3;

    private static final int HIGHEST_PORT = 65_535;

    public EmbeddedKafkaConfig {
        if (brokers < 1 || brokers > MAX_BROKERS) {
            throw new EmbeddedKafkaException("brokers must be 1 to " + MAX_BROKERS + ", not " + brokers);
        }
        if (port < 0 || port > HIGHEST_PORT - brokers + 1) {
            throw new EmbeddedKafkaException("port must be 0 to " + (HIGHEST_PORT - brokers + 1) + ", not " + port);
        }
        properties = Map.copyOf(properties);
    }

    /** One broker on a free port. */
    public static EmbeddedKafkaConfig in(Path data) {
        return new EmbeddedKafkaConfig(data, 0, 1, Map.of());
    }

    public EmbeddedKafkaConfig withPort(int newPort) {
        return new EmbeddedKafkaConfig(data, newPort, brokers, properties);
    }

    public EmbeddedKafkaConfig withBrokers(int newBrokers) {
        return new EmbeddedKafkaConfig(data, port, newBrokers, properties);
    }

    public EmbeddedKafkaConfig withProperty(String name, String value) {
        Map<String, String> more = new HashMap<>(properties);
        more.put(name, value);
        return new EmbeddedKafkaConfig(data, port, brokers, more);
    }
}
