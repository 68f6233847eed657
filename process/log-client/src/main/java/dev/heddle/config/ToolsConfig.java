package dev.heddle.config;

/**
 * What the commands that ask or change Kafka and run no role (topics, agents, revoke, publish) may be told by a file or
 * the environment instead of each time.
 *
 * @param kafka how to reach Kafka
 */
public record ToolsConfig(KafkaClientSettings kafka) {
    /** What these commands use unless told otherwise. */
    public static ToolsConfig defaults() {
        return new ToolsConfig(KafkaClientSettings.at("127.0.0.1:9092"));
    }
}
