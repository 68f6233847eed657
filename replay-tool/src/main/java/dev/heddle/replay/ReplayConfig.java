package dev.heddle.replay;

import dev.heddle.config.KafkaClientSettings;
import java.util.List;

/**
 * The settings of the tools that look into the log, given by a file or the environment.
 *
 * @param kafka the way to Kafka
 * @param output the settings of every output
 */
public record ReplayConfig(KafkaClientSettings kafka, OutputConfig output) {
    /** The defaults of the tools. */
    public static ReplayConfig defaults() {
        return new ReplayConfig(KafkaClientSettings.at("127.0.0.1:9092"), new OutputConfig(List.of()));
    }

    /** The same on Kafka elsewhere, with no properties. */
    ReplayConfig at(String bootstrapServers) {
        return new ReplayConfig(KafkaClientSettings.at(bootstrapServers), output);
    }
}
