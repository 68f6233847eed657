package dev.heddle.replay;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.replay.output.Redaction;
import java.util.List;

/**
 * What the tools that look into the log may be told by a file or the environment instead of each time.
 *
 * @param kafka how to reach Kafka
 * @param redact JSON pointers into an ITEM at what no output shows; {@code *} stands for every element or field
 */
public record ReplayConfig(KafkaClientSettings kafka, List<String> redact) {
    public ReplayConfig {
        redact = List.copyOf(redact);
        try {
            Redaction unused = Redaction.of(redact);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** What the tools use unless told otherwise. */
    public static ReplayConfig defaults() {
        return new ReplayConfig(KafkaClientSettings.at("127.0.0.1:9092"), List.of());
    }
}
