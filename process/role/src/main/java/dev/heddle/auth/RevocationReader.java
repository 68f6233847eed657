package dev.heddle.auth;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.RevocationCodec;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import dev.heddle.topic.CompactedTopicReader;
import dev.heddle.topic.LogLimit;
import dev.heddle.topic.UnreadableRange;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reader of {@code agent-revocations} into {@link Revocations}. A revocation holds from the instant at which Kafka
 * appended it, not by its writer's clock. A record with an unreadable value revokes as well. A record with an
 * unreadable user, or an unreadable batch, is counted and logged at the level ERROR.
 */
final class RevocationReader implements CompactedTopicReader.Target, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RevocationReader.class);

    private final LogLimit logged = LogLimit.ofReader();
    private final Revocations revocations;
    private final AtomicLong unreadable = new AtomicLong();
    private final CompactedTopicReader reader;

    RevocationReader(KafkaClientSettings kafka, Revocations revocations) {
        this.revocations = revocations;
        this.reader = CompactedTopicReader.start(kafka, Topics.AGENT_REVOCATIONS, this);
    }

    /** True if the topic has been read up to its end at start; stays true from then on. */
    boolean isCaughtUp() {
        return reader.isCaughtUp();
    }

    /** The number of offsets of the topic that cannot be read. */
    long unreadable() {
        return unreadable.get();
    }

    @Override
    public void apply(ConsumerRecord<byte[], byte[]> record, CompactedTopicReader.Stage stage) {
        UserKey user;
        try {
            user = UserKey.fromUtf8(record.key() == null ? new byte[0] : record.key());
        } catch (InvalidEventException e) {
            unreadable(new UnreadableRange(
                    new TopicPartition(record.topic(), record.partition()),
                    record.offset(),
                    record.offset() + 1,
                    "the key is no user key"));
            return;
        }
        if (record.value() == null) {
            revocations.withdraw(user);
            return;
        }
        revocations.revoke(user, issuedUntil(record));
    }

    private Instant issuedUntil(ConsumerRecord<byte[], byte[]> record) {
        Instant written = Instant.ofEpochMilli(record.timestamp());
        try {
            Instant said = RevocationCodec.decode(record.value());
            // On a topic that keeps its writers' times there is no better clock; the later of the two denies more.
            return record.timestampType() != TimestampType.LOG_APPEND_TIME && said.isAfter(written) ? said : written;
        } catch (InvalidEventException e) {
            logged.permit().ifPresent(suppressed -> log.atWarn()
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("suppressed", suppressed)
                    .log("A revocation cannot be read; it counts from when it was written"));
            return written;
        }
    }

    @Override
    public void unreadable(UnreadableRange range) {
        unreadable.addAndGet(range.offsets());
        logged.permit().ifPresent(suppressed -> log.atError()
                .addKeyValue("partition", range.partition().partition())
                .addKeyValue("from", range.from())
                .addKeyValue("to", range.to())
                .addKeyValue("reason", range.reason())
                .addKeyValue("suppressed", suppressed)
                .log("Revocations cannot be read and are not obeyed: revoke again"));
    }

    @Override
    public void close() {
        reader.close();
    }
}
