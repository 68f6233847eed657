package dev.heddle.replay;

import dev.heddle.config.KafkaClientSettings;
import java.util.List;

/**
 * What the tools that look into the log may be told by a file or the environment instead of each time.
 *
 * @param kafka how to reach Kafka
 * @param output what every output keeps to
 */
public record ReplayConfig(KafkaClientSettings kafka, OutputConfig output) {
    /** What the tools use unless told otherwise. */
    public static ReplayConfig defaults() {
        return new ReplayConfig(KafkaClientSettings.at("127.0.0.1:9092"), new OutputConfig(List.of()));
    }

    /** The same on Kafka elsewhere, with no properties. */
    ReplayConfig at(String bootstrapServers) {
        return new ReplayConfig(KafkaClientSettings.at(bootstrapServers), output);
    }
}
