package dev.heddle.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** The few things that these tests do to a cluster, as any client would. */
final class Clients {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final String bootstrap;

    Clients(EmbeddedKafka kafka) {
        this.bootstrap = kafka.bootstrapServers();
    }

    void createTopic(String name, int replication, Map<String, String> configs) throws Exception {
        try (Admin admin = admin()) {
            NewTopic topic = new NewTopic(name, 1, (short) replication).configs(configs);
            admin.createTopics(List.of(topic)).all().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    void publish(String topic, String value) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "acks", "all");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, 0, "key", value)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    void publishInTransaction(String topic, String value) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "transactional.id", "test");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            Future<RecordMetadata> sent = producer.send(new ProducerRecord<>(topic, 0, "key", value));
            producer.commitTransaction();
            sent.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    List<String> read(String topic, int count) {
        return read(topic, count, null);
    }

    /** Reads through a group, so that the group coordinator has to work as well. */
    List<String> readAsGroup(String topic, int count, String group) {
        return read(topic, count, group);
    }

    private List<String> read(String topic, int count, @Nullable String group) {
        Map<String, Object> settings = group == null
                ? Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest")
                : Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest", "group.id", group);
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            if (group == null) {
                consumer.assign(List.of(new TopicPartition(topic, 0)));
                consumer.seekToBeginning(consumer.assignment());
            } else {
                consumer.subscribe(List.of(topic));
            }
            Instant end = Instant.now().plus(LIMIT);
            while (values.size() < count && Instant.now().isBefore(end)) {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) {
                    values.add(each.value());
                }
            }
        }
        return values;
    }

    /** Asks until so many replicas of the topic's partition are in sync. */
    boolean inSync(String topic, int replicas) throws Exception {
        Instant end = Instant.now().plus(LIMIT);
        try (Admin admin = admin()) {
            while (Instant.now().isBefore(end)) {
                if (inSyncNow(admin, topic) == replicas) {
                    return true;
                }
            }
        }
        return false;
    }

    private static int inSyncNow(Admin admin, String topic) throws InterruptedException {
        try {
            TopicDescription found = admin.describeTopics(List.of(topic))
                    .topicNameValues()
                    .values()
                    .iterator()
                    .next()
                    .get();
            return found.partitions().get(0).isr().size();
        } catch (ExecutionException e) {
            return -1;
        }
    }

    private Admin admin() {
        return Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap));
    }
}
