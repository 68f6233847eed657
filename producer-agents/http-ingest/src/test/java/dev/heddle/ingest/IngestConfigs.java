package dev.heddle.ingest;

import dev.heddle.config.Settings;
import dev.heddle.token.TokenSigner;

/** Settings of an ingest node in a test: free ports of this machine, and a Kafka of one broker. */
final class IngestConfigs {

    private IngestConfigs() {}

    static IngestConfig of(String bootstrapServers, int partitions, TokenSigner tokens) {
        return Settings.with(
                IngestConfig.defaults(),
                "http.host=127.0.0.1",
                "http.port=0",
                "http.answerWithin=15s",
                "management.host=127.0.0.1",
                "management.port=0",
                "kafka.bootstrapServers=" + bootstrapServers,
                "topics.partitions=" + partitions,
                "topics.replication=1",
                "topics.minInsyncReplicas=1",
                "auth.keys=" + tokens.file());
    }
}
