package dev.heddle.config;

/**
 * The settings of commands that ask or change Kafka and run no role (topics, agents, revoke, publish), given by a file
 * or the environment instead of each time.
 *
 * @param kafka the way to Kafka
 */
public record ToolsConfig(KafkaClientSettings kafka) {
    /** The defaults of these commands. */
    public static ToolsConfig defaults() {
        return new ToolsConfig(KafkaClientSettings.at("127.0.0.1:9092"));
    }
}
