package dev.heddle.edge.log;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.Generation;
import dev.heddle.topic.StartCheck;
import dev.heddle.topic.TopicAdmin;
import dev.heddle.topic.TopicException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;

/** The check of the topics before an edge starts on them. Blocks its caller. */
public final class TopicGate {

    private static final int PATIENCE_MILLIS = 15_000;

    private TopicGate() {}

    /**
     * Compares the topics with the configuration; missing ones are created on a local Kafka.
     *
     * @return which log there is
     * @throws UnusableLogException with one line: Kafka cannot be reached, or the topics are not as configured
     */
    public static Generation check(StartCheck expected) {
        KafkaClientSettings kafka = expected.kafka();
        Map<String, Object> properties = new HashMap<>(kafka.forClient("heddle-edge-start"));
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        try (Admin admin = Admin.create(properties)) {
            List<String> problems = expected.problems(admin);
            if (!problems.isEmpty()) {
                throw new UnusableLogException("the topics are not as configured: " + String.join("; ", problems));
            }
            return TopicAdmin.generation(admin);
        } catch (KafkaException | TopicException e) {
            throw new UnusableLogException(
                    "Kafka cannot be asked at " + kafka.bootstrapServers() + ": " + e.getMessage(), e);
        }
    }
}
