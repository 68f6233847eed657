package dev.heddle.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.AgentEvent;
import dev.heddle.event.Cursor;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.EventIds;
import dev.heddle.event.EventItem;
import dev.heddle.event.Generation;
import dev.heddle.event.Json;
import dev.heddle.event.Partitioning;
import dev.heddle.event.Position;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicAdmin;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import dev.heddle.testing.Await;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ReplayCommandTest {
    private static final UserKey ALICE = UserKey.of("alice");
    private static final UserKey BOB = UserKey.of("bob");
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final TopicLayout LAYOUT = TopicLayout.local().withPartitions(1);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final StringWriter err = new StringWriter();
    private final PrintStream standardOut = System.out;
    private FreshCluster cluster;
    private Generation generation;

    @BeforeEach
    void start() {
        cluster = KafkaFixture.freshCluster();
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", cluster.bootstrapServers()))) {
            TopicAdmin.create(admin, LAYOUT);
            Await.until("topics", SOON, () -> TopicAdmin.check(admin, LAYOUT).isEmpty());
            generation = TopicAdmin.generation(admin);
        }
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        System.setOut(standardOut);
        cluster.close();
    }

    private int replay(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--bootstrap", cluster.bootstrapServers()));
        all.addAll(List.of(arguments));
        CommandLine line = new CommandLine(new ReplayCommand());
        line.setErr(new PrintWriter(err, true));
        return line.execute(all.toArray(String[]::new));
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void printsExactlyTheUsersItemsAlsoPastMarkersOfTransactions() throws Exception {
        byte[] first = event(ALICE, "t1", 0);
        byte[] second = event(ALICE, "t2", 1);
        append(List.of(record(ALICE, first), record(BOB, event(BOB, "t1", 0)), record(ALICE, second)));

        assertEquals(0, replay("--user", "alice", "--json"));
        assertEquals(List.of(json(ALICE, first), json(ALICE, second)), lines());
        assertEquals("", err.toString());

        out.reset();
        assertEquals(0, replay("--user", "alice", "--json", "--from", "last:1"));
        assertEquals(List.of(json(ALICE, second)), lines());

        out.reset();
        assertEquals(0, replay("--user", "alice", "--json", "--thread", "t1"));
        assertEquals(List.of(json(ALICE, first)), lines());

        out.reset();
        assertEquals(0, replay("--user", "alice", "--json", "--cursor", cursor(ALICE, generation, 1)));
        assertEquals(List.of(json(ALICE, second)), lines());

        out.reset();
        assertEquals(0, replay("--user", "alice", "--from", "latest"));
        assertEquals(0, replay("--user", "alice", "--from", "2100-01-01T00:00:00Z"));
        assertEquals(List.of(), lines());

        assertEquals(0, replay("--user", "alice", "--from", "2020-01-01T00:00:00Z"));
        assertEquals(2, lines().size());
        assertTrue(lines().get(0).contains(" user=alice thread=t1 run=r#0 TEXT_MESSAGE_CONTENT {"), lines()::toString);
    }

    @Test
    void recordsThatCannotBeReadAreReportedAndTheRestGoesOn() throws Exception {
        byte[] good = event(ALICE, "t1", 0);
        append(List.of(record(ALICE, new byte[] {1, 2, 3}), record(ALICE, good), record(ALICE, event(BOB, "t1", 0))));

        assertEquals(0, replay("--user", "alice", "--json"));

        assertEquals(List.of(json(ALICE, good)), lines());
        assertTrue(
                err.toString().startsWith("replay: 2 records could not be read; the first: partition 0 offset 0: "),
                err::toString);
    }

    @Test
    void whatCannotBeDoneIsOneLineAndOne() throws Exception {
        append(List.of(record(ALICE, event(ALICE, "t1", 0))));
        Generation other = new Generation(UUID.randomUUID(), 1);

        refused("the cursor is malformed: ", "--user", "alice", "--cursor", "not-a-cursor");
        refused("the cursor is another user's", "--user", "bob", "--cursor", cursor(ALICE, generation, 0));
        refused("the cursor is of another generation", "--user", "alice", "--cursor", cursor(ALICE, other, 0));
        refused("the cursor's position 99 is not kept", "--user", "alice", "--cursor", cursor(ALICE, generation, 99));
        refused("--from 'yesterday' is not ", "--user", "alice", "--from", "yesterday");
        assertEquals(2, replay("--user", ""));
        assertEquals(2, replay());
        assertEquals(List.of(), lines());
    }

    @Test
    void aMissingTopicAndAnUnreachableBrokerAreTold() throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", cluster.bootstrapServers()))) {
            admin.deleteTopics(List.of(Topics.AGENT_EVENTS)).all().get();
        }
        Await.until("the topic's end", SOON, () -> replay("--user", "alice") == 1);
        assertTrue(err.toString().contains("topic agent-events is missing"), err::toString);

        cluster.stopBroker(0);
        err.getBuffer().setLength(0);
        assertEquals(1, replay("--user", "alice"));
        assertEquals(1, err.toString().lines().count(), err::toString);
    }

    private void refused(String reason, String... arguments) {
        err.getBuffer().setLength(0);
        assertEquals(1, replay(arguments), err::toString);
        assertTrue(err.toString().startsWith("replay: " + reason), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
    }

    private static String cursor(UserKey user, Generation of, long offset) {
        return Cursor.at(of, user, new Position(offset, 0), 0).encode();
    }

    private static byte[] event(UserKey user, String thread, long runSeq) {
        Envelope envelope = new Envelope(EventIds.next(), user, thread, null, new RunPlace("r", runSeq, 0));
        return EventCodec.encode(new AgentEvent(
                envelope,
                Json.parseObject("{\"type\":\"TEXT_MESSAGE_CONTENT\",\"timestamp\":1767225600000,"
                        + "\"messageId\":\"m\",\"delta\":\"grüß 🧵\"}")));
    }

    private static String json(UserKey user, byte[] value) {
        return new String(EventItem.of(user, value).json(), StandardCharsets.UTF_8);
    }

    private static ProducerRecord<byte[], byte[]> record(UserKey user, byte[] value) {
        return new ProducerRecord<>(Topics.AGENT_EVENTS, Partitioning.partitionOf(user, 1), user.utf8(), value);
    }

    /** In a transaction, so that the log ends with a marker. */
    private void append(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "transactional.id", "replay-test");
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
