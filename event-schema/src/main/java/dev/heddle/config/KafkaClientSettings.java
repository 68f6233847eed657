package dev.heddle.config;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.network.Selectable;

/**
 * How to reach Kafka: bootstrap servers and whatever else its clients take, such as security. What Heddle's promises rest on is
 * set by the roles themselves, over this.
 *
 * @param bootstrapServers where to ask for Kafka's brokers first: {@code host:port}, several with commas
 * @param properties whatever else Kafka's clients take, under Kafka's own keys: {@code kafka.properties.security.protocol}
 */
public record KafkaClientSettings(String bootstrapServers, Map<String, String> properties) {
    /**
     * Sockets whose buffers the system sizes. Kafka's own 64 KiB for what a client receives holds less than one segment of the
     * loopback device: the kernel then drops segments, and whoever waits for one waits for TCP's time-out of 200 ms.
     */
    private static final Map<String, String> SOCKETS = Map.of(
            CommonClientConfigs.RECEIVE_BUFFER_CONFIG, Integer.toString(Selectable.USE_DEFAULT_BUFFER_SIZE),
            CommonClientConfigs.SEND_BUFFER_CONFIG, Integer.toString(Selectable.USE_DEFAULT_BUFFER_SIZE));

    public KafkaClientSettings {
        if (bootstrapServers.isBlank()) {
            throw new IllegalArgumentException("bootstrapServers must not be empty");
        }
        properties = Map.copyOf(properties);
    }

    /** Only the servers. */
    public static KafkaClientSettings at(String bootstrapServers) {
        return new KafkaClientSettings(bootstrapServers, Map.of());
    }

    /** The properties of one client with this id; the caller's own to add to. */
    public Map<String, Object> forClient(String clientId) {
        Map<String, Object> all = new HashMap<>(SOCKETS);
        all.putAll(properties);
        all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        all.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
        return all;
    }
}
