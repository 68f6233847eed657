package dev.heddle.testing;

import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/**
 * The Kafka that all tests of a JVM share, embedded or in a container.
 *
 * @param bootstrapServers its address
 * @param end its stop
 */
record SharedKafka(String bootstrapServers, Runnable end) implements AutoCloseable {
    /** The system property that selects the Kafka: {@code embedded} (default), {@code container} or {@code auto}. */
    static final String SWITCH = "heddle.test.kafka";

    private static final String IMAGE = "apache/kafka:4.4.0";

    static SharedKafka start(@Nullable String how) {
        return switch (how == null ? "embedded" : how) {
            case "embedded" -> embedded();
            case "container" -> container();
            case "auto" -> DockerClientFactory.instance().isDockerAvailable() ? container() : embedded();
            default -> throw new IllegalArgumentException(SWITCH + " must be embedded, container or auto, not " + how);
        };
    }

    /** True if this machine can run the selected Kafka. */
    static boolean isPossible(@Nullable String how) {
        return !"container".equals(how) || DockerClientFactory.instance().isDockerAvailable();
    }

    private static SharedKafka embedded() {
        FreshCluster cluster = FreshCluster.start(config -> config);
        return new SharedKafka(cluster.bootstrapServers(), cluster::close);
    }

    private static SharedKafka container() {
        KafkaContainer container = new KafkaContainer(IMAGE);
        container.start();
        return new SharedKafka(container.getBootstrapServers(), container::stop);
    }

    @Override
    public void close() {
        end.run();
    }
}
