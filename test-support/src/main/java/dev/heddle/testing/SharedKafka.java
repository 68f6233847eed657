package dev.heddle.testing;

import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/**
 * The Kafka that all tests of a JVM share, whichever way it runs.
 *
 * @param bootstrapServers where it is
 * @param end what ends it
 */
record SharedKafka(String bootstrapServers, Runnable end) implements AutoCloseable {
    private static final String IMAGE = "apache/kafka:4.3.1";

    static SharedKafka start(@Nullable String how) {
        return switch (how == null ? "embedded" : how) {
            case "embedded" -> embedded();
            case "container" -> container();
            case "auto" -> DockerClientFactory.instance().isDockerAvailable() ? container() : embedded();
            default ->
                throw new IllegalArgumentException(
                        KafkaFixture.SWITCH + " must be embedded, container or auto, not " + how);
        };
    }

    /** Whether it can run that way on this machine. */
    static boolean isPossible(@Nullable String how) {
        return !"container".equals(how) || DockerClientFactory.instance().isDockerAvailable();
    }

    private static SharedKafka embedded() {
        FreshCluster cluster = KafkaFixture.freshCluster();
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
