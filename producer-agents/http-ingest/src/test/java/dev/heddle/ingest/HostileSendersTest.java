package dev.heddle.ingest;

import static dev.heddle.ingest.Sender.batch;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.config.Settings;
import dev.heddle.event.EventIds;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.testing.HostileCrowd;
import dev.heddle.testing.HostileCrowd.Script;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import dev.heddle.topic.TopicAdmin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Crowds with and without a right that hold connections, bodies and bytes: another sender's batch is taken all the
 * same.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileSendersTest {

    private static final int CROWD = 400;
    private static final int PENDING = 200;

    /** With good tokens. */
    private static final int KNOWN = 400;

    private static final Duration AT_MOST = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** So long that no deadline makes room: only the bounds do. */
    private static final Duration LONG = Duration.ofMinutes(5);

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private TokenSigner tokens;
    private Ingest patient;
    private Ingest hasty;

    @BeforeAll
    void start(@TempDir Path directory) {
        TopicLayout layout = TopicLayout.local().withPartitions(4);
        try (Admin admin = KAFKA.admin()) {
            TopicAdmin.create(admin, layout);
        }
        tokens = TokenSigner.ellipticIn(directory);
        IngestConfig config = IngestConfigs.of(KAFKA.bootstrapServers(), layout.partitions(), tokens);
        patient = Ingest.start(Settings.with(
                config,
                "http.requestTimeout=" + LONG.toMillis() + "ms",
                "http.idleTimeout=" + LONG.toMillis() + "ms",
                "http.closeTimeout=" + LONG.toMillis() + "ms",
                "http.bodyTimeout=" + LONG.toMillis() + "ms",
                "limits.batchEvents=500",
                "limits.eventBytes=64KiB",
                "limits.uploads=1000",
                "limits.bodyBytesPerSecond=1",
                "limits.unauthenticated=" + PENDING));
        hasty = Ingest.start(Settings.with(
                config,
                "http.requestTimeout=1s",
                "http.idleTimeout=1s",
                "http.closeTimeout=1s",
                "http.bodyTimeout=1s"));
    }

    @AfterAll
    void stop() {
        patient.close();
        hasty.close();
    }

    private String token(String service) {
        return tokens.token(claims -> {
            claims.setSubject(service);
            claims.setStringClaim("scope", "events:write");
        });
    }

    private String head(String authorization, String more) {
        return String.join("\r\n", "POST /v1/users/kim/events HTTP/1.1", "Host: h", authorization + more, "", "");
    }

    private String post(String service, String more) {
        return head("Authorization: Bearer " + token(service), more);
    }

    private Stream<Script> states() {
        String length = "\r\nContent-Length: 4194304";
        return Stream.of(
                Script.of(""),
                Script.of("POST /v1/us"),
                Script.trickling("POST /v1/users/kim/events HTTP/1.1\r\nX-A: ", "b", Duration.ofMillis(50)),
                Script.of(head("X-No-Token: x", length)),
                Script.of(head("Authorization: Bearer a.b.c", length)),
                Script.trickling(
                        head("X-No-Token: x", "\r\nTransfer-Encoding: chunked"), "1\r\nx\r\n", Duration.ofMillis(50)),
                Script.of(head("X-No-Token: x", length + "\r\nExpect: 100-continue")),
                Script.of("GET /v1/users/kim/events HTTP/1.1\r\nHost: h\r\n\r\n"),
                Script.of("POST /nothing HTTP/1.1\r\nHost: h" + length + "\r\n\r\n"));
    }

    private Stream<Script> statesOfKnownSenders() {
        String length = "\r\nContent-Length: 4194304";
        return Stream.of(
                Script.of(post("idle", "\r\nContent-Length: 2") + "{}"),
                new Script(
                        (post("unread", "\r\nContent-Length: 2") + "{}").repeat(50),
                        "",
                        LONG,
                        HostileCrowd.Reading.NEVER_READS),
                Script.trickling(post("slow", length) + "{", " ", Duration.ofMillis(200)),
                Script.trickling(post("slow", "\r\nTransfer-Encoding: chunked"), "1\r\nx\r\n", Duration.ofMillis(50)));
    }

    @ParameterizedTest
    @MethodSource("statesOfKnownSenders")
    void anotherSendersBatchIsTakenAtOnceBesideSlowOnes(Script state) {
        anotherSendersBatchIsTakenAtOnce(state, KNOWN);
    }

    @ParameterizedTest
    @MethodSource("states")
    void anotherSendersBatchIsTakenAtOnceBesideStrangers(Script state) {
        anotherSendersBatchIsTakenAtOnce(state, CROWD);
    }

    private void anotherSendersBatchIsTakenAtOnce(Script state, int size) {
        try (HostileCrowd crowd = HostileCrowd.start(patient.port(), size, state)) {
            await("the crowd is there").atMost(PATIENCE).until(() -> crowd.opened() >= size);
            for (int i = 0; i < 3; i++) {
                assertEquals(200, firstAnswer("good-" + EventIds.next()));
            }
        }
        await("nothing is left")
                .atMost(PATIENCE)
                .until(() -> meter(patient, "heddle_ingest_sockets_waiting") == 0
                        && meter(patient, "heddle_ingest_in_flight_bytes") == 0);
    }

    /**
     * The first answer within the time, with another try if this was the connection that made room for somebody else.
     */
    private int firstAnswer(String run) {
        long began = System.nanoTime();
        while (System.nanoTime() - began < AT_MOST.toNanos()) {
            try {
                return answer(patient, "good", batch(run, 0, 1, "x").toString());
            } catch (UncheckedIOException | StringIndexOutOfBoundsException cut) {
                assertTrue(System.nanoTime() - began < AT_MOST.toNanos(), () -> "cut each time: " + cut);
            }
        }
        return 0;
    }

    private int answer(Ingest node, String service, String body) {
        return status(exchange(node, request(service, body)));
    }

    private String request(String service, String body) {
        return post(service, "\r\nConnection: close\r\nContent-Length: " + body.length()) + body;
    }

    private static int status(String answer) {
        return Integer.parseInt(answer.substring(9, 12));
    }

    private static String exchange(Ingest node, String request) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double meter(Ingest node, String name) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + node.managementPort() + "/metrics");
        String all = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        return all.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no meter " + name));
    }

    @Test
    void aBodyThatDoesNotComeIs408AndTheConnectionEnds() {
        String answer = exchange(hasty, post("slow", "\r\nContent-Length: 1000") + "{");
        assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
        assertTrue(answer.contains("\"code\":\"too_slow\""), answer);
    }

    @Test
    void aHeadThatDoesNotComeIsCut() {
        assertEquals("", exchange(hasty, "POST /v1/users/kim"));
    }

    @Test
    void aSenderThatIsToldToWaitIsToldToContinueOnceItsTokenIsJudged() {
        String body = "{}";
        String good = exchange(
                hasty, post("waiting", "\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2") + body);
        assertTrue(good.startsWith("HTTP/1.1 100 "), good);
        assertTrue(good.contains("HTTP/1.1 400 "), good);
        String bad = exchange(hasty, head("X-No-Token: x", "\r\nExpect: 100-continue\r\nContent-Length: 2"));
        assertTrue(bad.startsWith("HTTP/1.1 401 "), bad);
    }

    @Test
    void oneSendersFloodLeavesRoomAndTimeForAnothers() {
        // A partition's first batch waits until Kafka has made its topic of transactions; that is not what is timed.
        assertEquals(
                200, answer(patient, "modest", batch(EventIds.next(), 0, 1, "x").toString()));
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            String large = batch(EventIds.next(), 0, 1, "x")
                    .put("padding", "x".repeat(2 << 20))
                    .toString();
            String again = request("greedy", large);
            List<CompletableFuture<Void>> flood = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                flood.add(CompletableFuture.runAsync(
                        () -> {
                            while (!over.get()) {
                                String unused = exchange(patient, again);
                            }
                        },
                        threads));
            }
            await("the flood is there")
                    .atMost(PATIENCE)
                    .until(() -> meter(patient, "heddle_ingest_in_flight_bytes") > (2 << 20));
            for (int i = 0; i < 5; i++) {
                long began = System.nanoTime();
                assertEquals(
                        200,
                        answer(
                                patient,
                                "modest",
                                batch(EventIds.next(), 0, 5, "x").toString()));
                Duration took = Duration.ofNanos(System.nanoTime() - began);
                assertTrue(took.compareTo(AT_MOST.multipliedBy(3)) < 0, took.toString());
            }
            over.set(true);
            flood.forEach(CompletableFuture::join);
        } finally {
            over.set(true);
            threads.shutdownNow();
        }
    }
}
