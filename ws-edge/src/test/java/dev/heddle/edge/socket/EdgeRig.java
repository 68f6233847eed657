package dev.heddle.edge.socket;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.config.Settings;
import dev.heddle.edge.Edge;
import dev.heddle.edge.EdgeConfig;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.AgentOffer;
import dev.heddle.event.Availability;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.EventIds;
import dev.heddle.event.ExecutorStatus;
import dev.heddle.event.ExecutorStatusCodec;
import dev.heddle.event.Json;
import dev.heddle.event.Partitioning;
import dev.heddle.event.RevocationCodec;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import dev.heddle.token.TokenSigner;
import dev.heddle.topic.TopicAdmin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A real edge on a real Kafka, with one agent on offer, for a test class. */
public final class EdgeRig implements AutoCloseable {

    /** The agent that is on offer. */
    public static final String AGENT = "echo";

    static final TopicLayout LAYOUT = TopicLayout.local().withPartitions(4);

    private final KafkaProducer<byte[], byte[]> producer;
    private final TokenSigner tokens;
    private final Edge edge;
    private final HttpClient http = HttpClient.newHttpClient();

    private EdgeRig(KafkaProducer<byte[], byte[]> producer, TokenSigner tokens, Edge edge) {
        this.producer = producer;
        this.tokens = tokens;
        this.edge = edge;
    }

    /**
     * Starts an edge on free ports.
     *
     * @param settings beside the defaults, as {@code key=value}
     */
    public static EdgeRig start(String bootstrap, TokenSigner tokens, String... settings) {
        prepare(bootstrap);
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        announce(producer, Availability.AVAILABLE);
        return new EdgeRig(producer, tokens, Edge.start(config(bootstrap, tokens, settings), List.of()));
    }

    /** The defaults on free ports of loopback, and these settings. */
    public static EdgeConfig config(String bootstrap, TokenSigner tokens, String... settings) {
        EdgeConfig defaults = Settings.with(
                EdgeConfig.defaults(),
                "http.host=127.0.0.1",
                "http.port=0",
                "http.eventLoops=2",
                "sessions.drainWindow=200ms",
                "start.rehearsal=0s",
                "management.host=127.0.0.1",
                "management.port=0",
                "kafka.bootstrapServers=" + bootstrap,
                "topics.partitions=" + LAYOUT.partitions(),
                "topics.minInsyncReplicas=" + LAYOUT.minInsyncReplicas(),
                "topics.replication=" + LAYOUT.replication(),
                "auth.keys=" + tokens.file());
        return Settings.with(defaults, settings);
    }

    /** Makes the topics. */
    public static void prepare(String bootstrap) {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap))) {
            TopicAdmin.create(admin, LAYOUT);
        }
    }

    private static void announce(KafkaProducer<byte[], byte[]> producer, Availability availability) {
        ExecutorStatus status = new ExecutorStatus(
                "executor-1",
                Instant.now(),
                Duration.ofMinutes(10),
                List.of(new AgentOffer(AGENT, availability, "says it again", 0)));
        send(
                producer,
                new ProducerRecord<>(
                        Topics.AGENT_EXECUTORS,
                        "executor-1".getBytes(StandardCharsets.UTF_8),
                        ExecutorStatusCodec.encode(status)));
    }

    /** The executor says how its agent is. */
    public void announce(Availability availability) {
        announce(producer, availability);
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
        try {
            producer.send(record).get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("Kafka did not take a record", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Revokes the user's tokens that were issued until then; returns when Kafka has it. */
    public void revoke(String user, Instant issuedUntil) {
        send(
                producer,
                new ProducerRecord<>(
                        Topics.AGENT_REVOCATIONS, UserKey.of(user).utf8(), RevocationCodec.encode(issuedUntil)));
    }

    /** Appends one text delta to a user's log; returns when Kafka has it. */
    public void publish(String user, long runSeq, String delta) {
        publish(user, "thread-1", new RunPlace("run-1", runSeq, 0), text(delta));
    }

    /** Appends one event to a user's log; returns when Kafka has it. */
    public void publish(String user, String thread, @Nullable RunPlace place, ObjectNode event) {
        UserKey key = UserKey.of(user);
        Envelope envelope = new Envelope(EventIds.next(), key, thread, AGENT, place);
        send(
                producer,
                new ProducerRecord<>(
                        Topics.AGENT_EVENTS,
                        Partitioning.partitionOf(key, LAYOUT.partitions()),
                        key.utf8(),
                        EventCodec.encode(new AgentEvent(envelope, event))));
    }

    /** Appends one text delta whose record says which trace it belongs to. */
    public void publishTraced(String user, String delta, String traceParent) {
        UserKey key = UserKey.of(user);
        Envelope envelope = new Envelope(EventIds.next(), key, "thread-1", AGENT, new RunPlace("run-1", 0, 0));
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                Topics.AGENT_EVENTS,
                Partitioning.partitionOf(key, LAYOUT.partitions()),
                key.utf8(),
                EventCodec.encode(new AgentEvent(envelope, text(delta))));
        record.headers().add("traceparent", traceParent.getBytes(StandardCharsets.US_ASCII));
        send(producer, record);
    }

    /** A delta of the one message that there is. */
    public static ObjectNode text(String delta) {
        return event("TEXT_MESSAGE_CONTENT").put("messageId", "m1").put("delta", delta);
    }

    /** An event of this type, without its own fields. */
    public static ObjectNode event(String type) {
        return Json.object().put("type", type).put("timestamp", 1_700_000_000_000L);
    }

    public TokenSigner tokens() {
        return tokens;
    }

    public int port() {
        return edge.port();
    }

    /** A client's request to the public port. */
    public HttpResponse<String> get(String path, Map<String, String> headers) {
        return get(port(), path, headers);
    }

    /** A request to the management port. */
    public HttpResponse<String> manage(String path) {
        return get(edge.managementPort(), path, Map.of());
    }

    /** What a meter without labels shows now, by its name in a scrape. */
    public double meter(String name) {
        return manage("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no meter " + name));
    }

    private HttpResponse<String> get(int port, String path, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        headers.forEach(request::header);
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError("no answer to " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** A connected client with this user's token, whose next frame is {@code hello}. */
    public TestClient connect(String user, String query) {
        return TestClient.connect(port(), query, tokens.token(user));
    }

    /** Stops the edge; clients are told. */
    public void stopEdge() {
        edge.close();
    }

    @Override
    public void close() {
        edge.close();
        producer.close();
    }
}
