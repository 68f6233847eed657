package dev.heddle.edge.log;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.edge.command.OfferedAgents;
import dev.heddle.event.ExecutorStatus;
import dev.heddle.event.ExecutorStatusCodec;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.topic.Topics;
import dev.heddle.topic.CompactedTopicReader;
import dev.heddle.topic.LogLimit;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reader of {@code agent-executors}, which feeds an {@link OfferedAgents}. A record that cannot be decoded is
 * skipped.
 */
public final class KafkaAgentReader implements CompactedTopicReader.Target, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KafkaAgentReader.class);

    private final LogLimit logged = LogLimit.ofReader();
    private final OfferedAgents registry;
    private final Clock clock;
    private final CompactedTopicReader reader;

    /** Starts reading at once, on a thread of its own. */
    public KafkaAgentReader(KafkaClientSettings kafka, OfferedAgents registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        this.reader = CompactedTopicReader.start(kafka, Topics.AGENT_EXECUTORS, this);
    }

    /** True once the topic has been read to the end that it had at start. */
    public boolean isCaughtUp() {
        return reader.isCaughtUp();
    }

    @Override
    public void apply(ConsumerRecord<byte[], byte[]> record, CompactedTopicReader.Stage stage) {
        if (record.key() == null) {
            return; // nobody's
        }
        Instant now = clock.instant();
        if (record.value() == null) {
            registry.withdrawn(new String(record.key(), StandardCharsets.UTF_8), now);
            return;
        }
        try {
            ExecutorStatus status = ExecutorStatusCodec.decode(record.value());
            // An old announcement tells by the broker's clock how old it is; a live one has just been heard.
            Instant written = Instant.ofEpochMilli(record.timestamp());
            boolean justNow = stage == CompactedTopicReader.Stage.LIVE || written.isAfter(now);
            registry.announced(status, justNow ? now : written, now);
        } catch (InvalidEventException e) {
            logged.permit().ifPresent(suppressed -> log.atWarn()
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("suppressed", suppressed)
                    .log("An executor's announcement cannot be read and is skipped"));
        }
    }

    @Override
    public void tick() {
        registry.refresh(clock.instant());
    }

    @Override
    public void close() {
        reader.close();
    }
}
