package dev.heddle.replay;

import dev.heddle.event.AgentEvent;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.EventIds;
import dev.heddle.event.EventItem;
import dev.heddle.event.Generation;
import dev.heddle.event.Json;
import dev.heddle.event.Partitioning;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.topic.TopicAdmin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A log of one partition on a cluster of one test's own. */
record SmallLog(FreshCluster cluster, Generation generation) implements AutoCloseable {
    private static final TopicLayout LAYOUT = TopicLayout.local().withPartitions(1);

    static SmallLog start() {
        FreshCluster cluster = KafkaFixture.freshCluster();
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", cluster.bootstrapServers()))) {
            TopicAdmin.create(admin, LAYOUT);
            return new SmallLog(cluster, TopicAdmin.generation(admin));
        }
    }

    String bootstrapServers() {
        return cluster.bootstrapServers();
    }

    /** A file of Kafka's properties with which a tool soon gives up a Kafka that does not answer. */
    static String impatient(Path directory) {
        try {
            return Files.writeString(
                            directory.resolve("impatient.properties"),
                            "request.timeout.ms=500\ndefault.api.timeout.ms=1000\n")
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void stopBroker() {
        cluster.stopBroker(0);
    }

    @Override
    public void close() {
        cluster.close();
    }

    static byte[] event(UserKey user, String thread, long runSeq) {
        Envelope envelope = new Envelope(EventIds.next(), user, thread, null, new RunPlace("r", runSeq, 0));
        return EventCodec.encode(new AgentEvent(
                envelope,
                Json.parseObject("{\"type\":\"TEXT_MESSAGE_CONTENT\",\"timestamp\":1767225600000,"
                        + "\"messageId\":\"m\",\"delta\":\"grüß 🧵\"}")));
    }

    static String json(UserKey user, byte[] value) {
        return new String(EventItem.of(user, value).json(), StandardCharsets.UTF_8);
    }

    static ProducerRecord<byte[], byte[]> record(UserKey user, byte[] value) {
        return new ProducerRecord<>(Topics.AGENT_EVENTS, Partitioning.partitionOf(user, 1), user.utf8(), value);
    }

    /** Appends them in a transaction, so that the log ends with a marker. */
    void append(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "transactional.id", "small-log");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            records.forEach(each -> sent.add(producer.send(each)));
            producer.commitTransaction();
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }
}
