package dev.heddle.ingest;

import static dev.heddle.ingest.Sender.batch;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.auth.TenantKeys;
import dev.heddle.config.Settings;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Cursor;
import dev.heddle.event.EventIds;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.RunLog;
import dev.heddle.token.TokenSigner;
import dev.heddle.topic.TopicAdmin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two ingest nodes on one log: what is answered, and what stands in the log. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IngestTest {

    private static final int PARTITIONS = 4;

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private TokenSigner tokens;
    private IngestConfig config;
    private Ingest one;
    private Ingest two;
    private Sender first;
    private Sender second;
    private RunLog log;

    @BeforeAll
    void start(@TempDir Path directory) {
        TopicLayout layout = TopicLayout.local().withPartitions(PARTITIONS);
        try (Admin admin = KAFKA.admin()) {
            TopicAdmin.create(admin, layout);
        }
        tokens = TokenSigner.ellipticIn(directory);
        config = Settings.with(
                IngestConfigs.of(KAFKA.bootstrapServers(), layout.partitions(), tokens),
                "limits.batchBytes=256KiB",
                "limits.batchEvents=500",
                "limits.eventBytes=64KiB",
                "limits.inFlightBytes=1MiB");
        one = Ingest.start(config);
        two = Ingest.start(config);
        first = new Sender(one.port(), serviceToken());
        second = new Sender(two.port(), serviceToken());
        log = new RunLog(KAFKA.bootstrapServers());
    }

    @AfterAll
    void stop() {
        log.close();
        one.close();
        two.close();
    }

    private String serviceToken() {
        return tokens.token(claims -> {
            claims.setSubject("a-service");
            claims.setStringClaim("scope", "events:read events:write");
        });
    }

    private List<AgentEvent> of(String user, String run) {
        return log.of(UserKey.of(user), run);
    }

    /** The run's numbers in the log, in its order. */
    private List<Long> numbers(String user, String run) {
        return of(user, run).stream()
                .map(event -> Objects.requireNonNull(event.envelope().run()).runSeq())
                .toList();
    }

    private static List<Long> upTo(long last) {
        List<Long> numbers = new ArrayList<>();
        for (long i = 0; i <= last; i++) {
            numbers.add(i);
        }
        return numbers;
    }

    @Test
    void aBatchIsInTheLogWhenItIsAnsweredAndTheCursorStandsBehindIt() throws Exception {
        ObjectNode batch = batch("r1", 0, 3, "x").put("agentId", "python").put("attempt", 2);
        ((ObjectNode) batch.path("events").path(1)).put("eventId", "mine");
        Sender.Reply reply = first.post("ali ce/ü", batch);
        assertEquals(200, reply.status(), reply.toString());
        assertEquals(3, reply.body().path("accepted").asInt());
        List<AgentEvent> events = of("ali ce/ü", "r1");
        assertEquals(upTo(2), numbers("ali ce/ü", "r1"));
        assertEquals("mine", events.get(1).envelope().eventId());
        assertEquals("python", events.get(1).envelope().agentId());
        RunPlace place = Objects.requireNonNull(events.get(2).envelope().run());
        assertEquals(2, place.attempt());
        Cursor cursor = Cursor.parse(reply.body().path("cursor").asText());
        assertTrue(cursor.belongsTo(UserKey.of("ali ce/ü")));
        assertTrue(cursor.position().offset() >= 3);
    }

    @Test
    void aRepeatedBatchIsAcknowledgedAndNotAppendedAgainAlsoByAnotherNode() {
        assertEquals(200, first.post("bob", batch("r2", 0, 5, "x")).status());
        assertEquals(200, first.post("bob", batch("r2", 0, 5, "x")).status());
        Sender.Reply elsewhere = second.post("bob", batch("r2", 0, 5, "x"));
        assertEquals(5, elsewhere.body().path("accepted").asInt(), elsewhere.toString());
        assertEquals(200, second.post("bob", batch("r2", 3, 5, "x")).status(), "the rest of a batch that overlaps");
        assertEquals(200, first.post("bob", batch("r2", 8, 2, "x")).status(), "the first node goes on");
        assertEquals(upTo(9), numbers("bob", "r2"));
    }

    @Test
    void aGapIsRefusedAndNothingOfTheBatchIsAppended() {
        Sender.Reply unknown = first.post("carol", batch("r3", 4, 2, "x"));
        assertEquals(409, unknown.status());
        assertEquals("gap", unknown.code());
        assertEquals(200, first.post("carol", batch("r3", 0, 2, "x")).status());
        Sender.Reply gap = second.post("carol", batch("r3", 3, 2, "x"));
        assertEquals(409, gap.status());
        assertTrue(gap.body().path("message").asText().contains("last runSeq is 1"), gap.toString());
        assertEquals(upTo(1), numbers("carol", "r3"));
    }

    @Test
    void aSecondSenderOfARunIsRefusedOnTheSameNodeAndOnAnother() {
        assertEquals(200, first.post("dave", batch("r4", 0, 4, "mine")).status());
        Sender.Reply same = first.post("dave", batch("r4", 2, 3, "theirs"));
        assertEquals(409, same.status(), same.toString());
        assertEquals("conflict", same.code());
        Sender.Reply other = second.post("dave", batch("r4", 1, 3, "theirs"));
        assertEquals(409, other.status(), other.toString());
        assertEquals(200, first.post("dave", batch("r4", 4, 2, "mine")).status());
        assertEquals(409, second.post("dave", batch("r4", 4, 3, "theirs")).status());
        assertEquals(upTo(5), numbers("dave", "r4"));
    }

    @Test
    void ofManySendersOfARunAtOnceOneWinsEachNumberWhateverNodeTheyAsk() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(12);
        try {
            for (int round = 0; round < 10; round++) {
                String run = "race-" + round;
                List<Future<Sender.Reply>> replies = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    Sender sender = i % 2 == 0 ? first : second;
                    String word = "sender-" + i + "-";
                    // RUN_STARTED is the same of all: the second event tells the senders apart.
                    replies.add(threads.submit(() -> sender.post("erin", batch(run, 0, 5, word))));
                }
                int won = 0;
                for (Future<Sender.Reply> reply : replies) {
                    assertTrue(
                            List.of(200, 409).contains(reply.get().status()),
                            reply.get().toString());
                    won += reply.get().status() == 200 ? 1 : 0;
                }
                assertEquals(1, won, "one sender's batch is taken");
                assertEquals(upTo(4), numbers("erin", run));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void theSameBatchAtOnceToBothNodesIsNoSecondSender() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 5; round++) {
                String run = "at-once-" + round;
                List<Future<Sender.Reply>> replies = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    Sender sender = i % 2 == 0 ? first : second;
                    int more = i / 2;
                    replies.add(threads.submit(() -> sender.post("olaf", batch(run, 0, 5 + more, "x"))));
                }
                int taken = 0;
                for (Future<Sender.Reply> reply : replies) {
                    // Nodes that take the partition from each other over and over may ask for another try.
                    assertTrue(
                            List.of(200, 503).contains(reply.get().status()),
                            reply.get().toString());
                    taken += reply.get().status() == 200 ? 1 : 0;
                }
                assertTrue(taken > 0);
                assertEquals(200, second.post("olaf", batch(run, 0, 8, "x")).status());
                assertEquals(upTo(7), numbers("olaf", run));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Senders whose every answer may get lost, and who then send the same batch again, to either node. */
    @Test
    void whateverIsSentAgainAndWhereverEachNumberStandsOnce() throws Exception {
        int runs = 12;
        ExecutorService threads = Executors.newFixedThreadPool(runs);
        try {
            List<Future<Integer>> senders = new ArrayList<>();
            for (int i = 0; i < runs; i++) {
                Random random = new Random(i);
                String user = "frank-" + i % 3;
                String run = "again-" + i;
                senders.add(threads.submit(() -> {
                    int sent = 0;
                    while (sent < 60) {
                        int overlap = Math.min(sent, random.nextInt(4));
                        int count = 1 + random.nextInt(7);
                        ObjectNode batch = batch(run, sent - overlap, overlap + count, "x");
                        int times = 1 + random.nextInt(3);
                        for (int time = 0; time < times; time++) {
                            Sender.Reply reply = (random.nextBoolean() ? first : second).post(user, batch);
                            assertEquals(200, reply.status(), reply.toString());
                        }
                        sent += count;
                    }
                    return sent;
                }));
            }
            for (int i = 0; i < runs; i++) {
                assertEquals(upTo(senders.get(i).get() - 1L), numbers("frank-" + i % 3, "again-" + i));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aNodeThatComesLaterKnowsWhatIsInTheLog() {
        assertEquals(200, first.post("grace", batch("r5", 0, 5, "x")).status());
        try (Ingest three = Ingest.start(config)) {
            Sender third = new Sender(three.port(), serviceToken());
            assertEquals(200, third.post("grace", batch("r5", 0, 5, "x")).status());
            assertEquals(200, third.post("grace", batch("r5", 5, 5, "x")).status());
        }
        assertEquals(409, first.post("grace", batch("r5", 11, 1, "x")).status(), "a stale node looks again");
        assertEquals(200, first.post("grace", batch("r5", 10, 1, "x")).status());
        assertEquals(upTo(10), numbers("grace", "r5"));
    }

    @Test
    void aBadItemIsNamedAndNothingOfTheBatchIsAppended() {
        ObjectNode batch = batch("r6", 0, 3, "x");
        ((ObjectNode) batch.path("events").path(2).path("event"))
                .putNull("value")
                .remove("name");
        Sender.Reply reply = first.post("heidi", batch);
        assertEquals(400, reply.status());
        assertEquals(2, reply.body().path("index").asInt());
        assertTrue(reply.body().path("message").asText().startsWith("events[2]: CUSTOM"), reply.toString());
        assertEquals(List.of(), numbers("heidi", "r6"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "not JSON; not JSON",
                "[]; not a JSON object",
                "{\"runId\":\"r\",\"events\":[]}; threadId is missing",
                "{\"threadId\":\"t\",\"runId\":\"\",\"events\":[]}; runId must be a string",
                "{\"threadId\":\"t\",\"runId\":\"r\"}; events must be an array",
                "{\"threadId\":\"t\",\"runId\":\"r\",\"attempt\":-1,\"events\":[{}]}; attempt must be",
                "{\"threadId\":\"t\",\"runId\":\"r\",\"events\":[{}]}; events[0]: must be an object with runSeq and event",
                "{\"threadId\":\"t\",\"runId\":\"r\",\"events\":[{\"runSeq\":1.5,\"event\":{\"type\":\"X\"}}]}; events[0]: runSeq must be",
                "{\"threadId\":\"t\",\"runId\":\"r\",\"events\":[{\"runSeq\":0,\"event\":{}}]}; events[0]: event without a type",
                "{\"threadId\":\"t\",\"runId\":\"r\",\"events\":[{\"runSeq\":0,\"event\":{\"type\":\"TEXT_MESSAGE_CHUNK\",\"messageId\":\"m\"}}]}; events[0]: TEXT_MESSAGE_CHUNK is never stored",
                "{\"threadId\":\"t\",\"runId\":\"r\",\"events\":[{\"runSeq\":0,\"event\":{\"type\":\"RUN_STARTED\",\"threadId\":\"t\",\"runId\":\"s\"}}]}; events[0]: RUN_STARTED.runId is not the batch's",
                "{\"threadId\":\"t\",\"runId\":\"r\",\"events\":[{\"runSeq\":0,\"event\":{\"type\":\"X\"}},{\"runSeq\":2,\"event\":{\"type\":\"X\"}}]}; events[1]: runSeq 2 does not follow 0"
            })
    void whatIsNoBatchIsNamed(String body, String message) {
        Sender.Reply reply = first.post("ivan", body);
        assertEquals(400, reply.status(), reply.toString());
        assertTrue(reply.body().path("message").asText().startsWith(message), reply.toString());
    }

    @Test
    void theTokenMustBeGoodAndHaveTheScope() {
        ObjectNode batch = batch("r7", 0, 1, "x");
        assertEquals(401, new Sender(one.port(), "nonsense").post("judy", batch).status());
        assertEquals(
                403,
                new Sender(one.port(), tokens.token("judy")).post("judy", batch).status());
        Sender.Reply none = first.send(first.request("/v1/users/judy/events")
                .POST(HttpRequest.BodyPublishers.ofString(batch.toString()))
                .build());
        assertEquals(401, none.status());
        assertEquals(
                "Bearer",
                none.response().headers().firstValue("WWW-Authenticate").orElse(""));
        assertEquals(List.of(), numbers("judy", "r7"));
    }

    @Test
    void aTenantsServiceReachesItsTenantsUsersOnly() {
        IngestConfig tenants = Settings.with(config, "auth.tenantClaim=tenant");
        String olga = TenantKeys.of("acme", "olga").value();
        String another = TenantKeys.of("other", "olga").value();
        ObjectNode batch = batch("r11", 0, 1, "x");
        try (Ingest node = Ingest.start(tenants)) {
            Sender acme = new Sender(node.port(), tokens.token(claims -> {
                claims.setStringClaim("scope", "events:write");
                claims.setStringClaim("tenant", "acme");
            }));
            assertEquals(200, acme.post(olga, batch).status());
            assertEquals(403, acme.post(another, batch).status());
            assertEquals(403, acme.post("olga", batch).status());
            assertEquals(
                    200,
                    new Sender(node.port(), serviceToken()).post(olga, batch).status(),
                    "of no tenant");
        }
        assertEquals(List.of(), numbers(another, "r11"));
        assertEquals(List.of(0L), numbers(olga, "r11"));
    }

    @ParameterizedTest
    @CsvSource({"%ff,400", "%c0%af,400", "%,400", "%zz,400", "a/b,404", "'',400"})
    void aPathThatIsNoUserKeyIsRefused(String encoded, int status) {
        assertEquals(status, RawPost.status(one.port(), "/v1/users/" + encoded + "/events", serviceToken()));
    }

    @Test
    void whatIsTooLargeIsRefused() {
        ObjectNode large = batch("r8", 0, 1, "x");
        ((ObjectNode) large.path("events").path(0).path("event")).put("rawEvent", "x".repeat(70 << 10));
        Sender.Reply event = first.post("kim", large);
        assertEquals(413, event.status(), event.toString());
        assertEquals(0, event.body().path("index").asInt(-1));
        assertEquals(413, first.post("kim", batch("r8", 0, 501, "x")).status());
        assertEquals(413, first.post("kim", "x".repeat(300 << 10)).status());
        HttpRequest chunked = first.request("/v1/users/kim/events")
                .header("Authorization", "Bearer " + serviceToken())
                .POST(HttpRequest.BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(new byte[300 << 10])))
                .build();
        assertEquals(413, first.send(chunked).status());
        assertEquals(List.of(), numbers("kim", "r8"));
    }

    @Test
    void moreThanMayBeInFlightIsRefusedUntilThereIsRoom() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(40);
        try {
            String user = "lee-" + EventIds.next();
            List<CompletableFuture<Integer>> statuses = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                ObjectNode batch = batch("full-" + i, 0, 1, "x");
                batch.put("padding", "x".repeat(200 << 10));
                statuses.add(CompletableFuture.supplyAsync(
                        () -> first.post(user, batch).status(), threads));
            }
            List<Integer> all = new ArrayList<>();
            for (CompletableFuture<Integer> status : statuses) {
                all.add(status.get());
            }
            assertTrue(all.contains(200), all.toString());
            assertTrue(all.contains(429), all.toString());
            assertEquals(200, first.post(user, batch("after", 0, 1, "x")).status());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void healthAndMetricsAreOnTheManagementPort() throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        String base = "http://127.0.0.1:" + one.managementPort();
        assertEquals(200, get(http, base + "/health/live").statusCode());
        assertEquals(200, get(http, base + "/health/ready").statusCode());
        double events = meter(get(http, base + "/metrics").body(), "heddle_ingest_events_total");
        double gaps = meter(get(http, base + "/metrics").body(), "heddle_ingest_refused_total{reason=\"gap\"}");
        assertEquals(200, first.post("mia", batch("r9", 0, 2, "x")).status());
        assertEquals(409, first.post("mia", batch("r9", 7, 2, "x")).status());
        String metrics = get(http, base + "/metrics").body();
        assertEquals(events + 2, meter(metrics, "heddle_ingest_events_total"), metrics);
        assertEquals(gaps + 1, meter(metrics, "heddle_ingest_refused_total{reason=\"gap\"}"), metrics);
        assertEquals(
                404, get(http, "http://127.0.0.1:" + one.port() + "/metrics").statusCode());
    }

    private static double meter(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no meter " + name));
    }

    private static HttpResponse<String> get(HttpClient http, String url) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void anUnknownFieldIsNoneOfIngestsBusiness() {
        ObjectNode batch = batch("r10", 0, 2, "x").put("trace", "abc");
        ((ObjectNode) batch.path("events").path(1).path("event")).put("unknown", true);
        assertEquals(200, first.post("nina", batch).status());
        assertTrue(of("nina", "r10").get(1).event().path("unknown").asBoolean());
    }
}
