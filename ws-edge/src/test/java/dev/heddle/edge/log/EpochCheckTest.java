package dev.heddle.edge.log;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.edge.hub.EventLog;
import dev.heddle.edge.hub.SilentObserver;
import dev.heddle.event.Generation;
import dev.heddle.event.Position;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.topic.EventLogTopics;
import dev.heddle.topic.TopicAdmin;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Positions and epochs on a real cluster whose leader moves. */
class EpochCheckTest {
    private static final String TOPIC = "epochs";
    private static final long LIMIT_SECONDS = 30;

    @Test
    void aPositionStands_upToWhereItsEpochEnded_andNoFurther() throws Exception {
        try (FreshCluster cluster = KafkaFixture.freshCluster(config -> config.withBrokers(3));
                Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", cluster.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 3))).all().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            await("all brokers know the topic")
                    .atMost(Duration.ofSeconds(LIMIT_SECONDS))
                    .until(() -> isKnown(admin));
            TopicDescription topic = describe(admin);
            Generation generation = TopicAdmin.generationOf(topic);
            KafkaClientSettings kafka = KafkaClientSettings.at(cluster.bootstrapServers());
            try (EventLog log =
                    new KafkaEventLog(kafka, new EventLogTopics(TOPIC, TOPIC, generation), new SilentObserver())) {
                write(cluster, 5);
                int before = extent(log).leaderEpoch();
                cluster.stopBroker(topic.partitions().get(0).leader().id());
                await("another leader")
                        .atMost(Duration.ofSeconds(LIMIT_SECONDS))
                        .until(() -> extent(log).leaderEpoch() > before);
                assertEquals(new Position(5, before), agreement(log, new Position(5, before)));
                write(cluster, 5);
                assertEquals(new Position(3, before), agreement(log, new Position(3, before)));
                assertEquals(new Position(5, before), agreement(log, new Position(5, before)));
                assertEquals(5, agreement(log, new Position(8, before)).offset(), "that epoch never had an offset 7");
            }
        }
    }

    private static boolean isKnown(Admin admin) throws Exception {
        try {
            describe(admin);
            return true;
        } catch (ExecutionException e) {
            return false;
        }
    }

    private static TopicDescription describe(Admin admin) throws Exception {
        return Objects.requireNonNull(admin.describeTopics(List.of(TOPIC))
                .allTopicNames()
                .get(LIMIT_SECONDS, TimeUnit.SECONDS)
                .get(TOPIC));
    }

    private static EventLog.Extent extent(EventLog log) {
        return log.extent(0).toCompletableFuture().join();
    }

    private static Position agreement(EventLog log, Position position) {
        return log.agreement(0, position, extent(log)).toCompletableFuture().join();
    }

    private static void write(FreshCluster cluster, int records) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", cluster.bootstrapServers(), "acks", "all");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(TOPIC, 0, new byte[] {1}, new byte[] {1}))
                        .get(LIMIT_SECONDS, TimeUnit.SECONDS);
            }
        }
    }
}
