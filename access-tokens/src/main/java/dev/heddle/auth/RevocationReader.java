package dev.heddle.auth;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.RevocationCodec;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.CompactedTopicReader;
import dev.heddle.event.topic.LogLimit;
import dev.heddle.event.topic.Topics;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reader of {@code agent-revocations} into {@link Revocations}. A revocation holds from the instant at which Kafka appended it, not from what the clock of the
 * one who wrote it said. What cannot be read revokes as well: somebody meant to revoke something.
 */
final class RevocationReader implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RevocationReader.class);

    private final LogLimit logged = LogLimit.ofReader();
    private final Revocations revocations;
    private final CompactedTopicReader reader;

    RevocationReader(KafkaClientSettings kafka, Revocations revocations) {
        this.revocations = revocations;
        this.reader = CompactedTopicReader.start(kafka, Topics.AGENT_REVOCATIONS, (record, stage) -> apply(record));
    }

    /** Whether the topic has been read to what was its end at start; stays true from then on. */
    boolean isCaughtUp() {
        return reader.isCaughtUp();
    }

    private void apply(ConsumerRecord<byte[], byte[]> record) {
        UserKey user;
        try {
            user = UserKey.fromUtf8(record.key() == null ? new byte[0] : record.key());
        } catch (InvalidEventException e) {
            tell(record, "A revocation of nobody is skipped");
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
            tell(record, "A revocation cannot be read; it counts from when it was written");
            return written;
        }
    }

    private void tell(ConsumerRecord<byte[], byte[]> record, String message) {
        logged.permit().ifPresent(suppressed -> log.atWarn()
                .addKeyValue("offset", record.offset())
                .addKeyValue("suppressed", suppressed)
                .log(message));
    }

    @Override
    public void close() {
        reader.close();
    }
}
