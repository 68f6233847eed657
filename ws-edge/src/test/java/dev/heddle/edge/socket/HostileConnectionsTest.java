package dev.heddle.edge.socket;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.HostileCrowd;
import dev.heddle.testing.HostileCrowd.Script;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Crowds without a right that stay in each state there is before a connection is authenticated: a good client gets in
 * all the same.
 */
class HostileConnectionsTest {

    private static final int CROWD = 300;
    private static final int PENDING = 150;
    private static final int GOOD = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration AT_MOST = Duration.ofSeconds(2);

    /** So long that no deadline makes room: only the bound does. */
    private static final Duration LONG = Duration.ofMinutes(5);

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    static EdgeRig rig;

    @BeforeAll
    static void start(@TempDir Path directory) {
        rig = EdgeRig.start(
                KAFKA.bootstrapServers(),
                TokenSigner.ellipticIn(directory),
                "limits.connections=" + CROWD,
                "limits.connectionsPerAddress=" + CROWD,
                "limits.connectionsPerUser=" + CROWD,
                "limits.unauthenticated=" + PENDING,
                "http.requestTimeout=" + LONG,
                "http.idleTimeout=" + LONG,
                "http.closeTimeout=" + LONG);
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static final String UPGRADE = String.join(
            "\r\n",
            "GET /v1/stream HTTP/1.1",
            "Host: h",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: heddle.v1",
            "");

    /** Where the crowd stays. */
    @SuppressWarnings("ImmutableEnumChecker") // A script is a record of immutable values.
    enum State {
        CONNECTED(Script.of("")),
        REQUEST_LINE_UNFINISHED(Script.of("GET /v1/str")),
        HEADER_TRICKLES(Script.trickling("GET /v1/stream HTTP/1.1\r\nX-A: ", "b", Duration.ofMillis(50))),
        HEADERS_UNFINISHED(Script.of(UPGRADE)),
        BODY_OF_ONE_BYTE_MISSING(Script.of(UPGRADE + "Content-Length: 1\r\n\r\n")),
        BODY_OF_ONE_BYTE_MISSING_WITH_A_BAD_TOKEN(
                Script.of(UPGRADE + "Authorization: Bearer a.b.c\r\nContent-Length: 1\r\n\r\n")),
        CHUNKS_TRICKLE(
                Script.trickling(UPGRADE + "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", Duration.ofMillis(50))),
        EXPECTS_TO_BE_TOLD_TO_CONTINUE(Script.of(UPGRADE + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n")),
        REFUSED_AND_DOES_NOT_CLOSE(Script.of(UPGRADE + "\r\n")),
        REFUSED_AND_NEVER_READS(new Script(UPGRADE + "\r\n", "", Duration.ofDays(1), HostileCrowd.Reading.NEVER_READS)),
        IDLE_AFTER_A_PLAIN_REQUEST(Script.of("GET /v1/partition HTTP/1.1\r\nHost: h\r\n\r\n")),
        PLAIN_REQUEST_WITH_A_MISSING_BODY(
                Script.of("GET /v1/partition HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n")),
        UNKNOWN_ROUTE_WITH_A_MISSING_BODY(
                Script.of("POST /v1/nothing HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n")),
        MANY_REQUESTS_AT_ONCE_NEVER_READ(new Script(
                "GET /v1/agents HTTP/1.1\r\nHost: h\r\n\r\n".repeat(200),
                "",
                Duration.ofDays(1),
                HostileCrowd.Reading.NEVER_READS)),
        A_SECOND_REQUEST_UNFINISHED(Script.of("GET /v1/agents HTTP/1.1\r\nHost: h\r\n\r\nGET /v1/ag")),
        HTTP_1_0(Script.of("GET /v1/stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")),
        HTTP_2_PREFACE(Script.of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")),
        TLS_HELLO_TO_A_PLAIN_PORT(Script.of("\u0016\u0003\u0001\u0001\u0000\u0001")),
        HEADER_BLOCK_WITHOUT_END(Script.trickling(
                "GET / HTTP/1.1\r\n" + ("X-A: " + "b".repeat(100) + "\r\n").repeat(140), "c", AT_MOST));

        private final Script script;

        State(Script script) {
            this.script = script;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @EnumSource(State.class)
    void aGoodClientGetsInAtOnce(State state) {
        aGoodClientGetsInAtOnceBeside(state.script);
    }

    @Test
    void aGoodClientGetsInAtOnceBesideCrowdsWithTokens() {
        String good = rig.tokens().token("crowd");
        String forged = good.substring(0, good.length() - 8) + "AAAAAAAA";
        aGoodClientGetsInAtOnceBeside(
                Script.of("GET /v1/agents HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + good + "\r\n\r\n"));
        aGoodClientGetsInAtOnceBeside(Script.of(UPGRADE + "Authorization: Bearer " + forged + "\r\n\r\n"));
    }

    private static void aGoodClientGetsInAtOnceBeside(Script script) {
        try (HostileCrowd crowd = HostileCrowd.start(rig.port(), CROWD, script)) {
            await("the crowd is there").atMost(PATIENCE).until(() -> crowd.opened() >= CROWD);
            for (int i = 0; i < GOOD; i++) {
                try (RawClient good = admitted("good-" + i)) {
                    good.write(RawClient.masked(RawClient.FIN | RawClient.TEXT, bytes("{\"type\":\"ping\"}")));
                    awaitPong(good);
                }
            }
        }
        await("nothing is left of " + script.head())
                .atMost(PATIENCE)
                .until(() -> rig.meter("heddle_edge_sockets_waiting") == 0
                        && rig.meter("heddle_edge_connections_admitted") == 0);
    }

    /** Comes in within the time, with another try if it was the one that made room for somebody else. */
    private static RawClient admitted(String user) {
        String token = rig.tokens().token(user);
        long began = System.nanoTime();
        AssertionError last = new AssertionError("no try");
        while (System.nanoTime() - began < AT_MOST.toNanos()) {
            try {
                return RawClient.connected(rig.port(), token);
            } catch (AssertionError refused) {
                last = refused;
            }
        }
        throw last;
    }

    private static void awaitPong(RawClient client) {
        String frame = client.frame().text();
        while (!frame.startsWith("{\"type\":\"pong\"")) {
            frame = client.frame().text();
        }
    }

    @Test
    void aStreamRequestWithABodyIsRefusedBeforeTheBodyComes() {
        for (String body : Arrays.asList("Content-Length: 1", "Content-Length: 9000", "Transfer-Encoding: chunked")) {
            try (RawClient client = new RawClient(rig.port())) {
                client.write(bytes(UPGRADE + "Authorization: Bearer "
                        + rig.tokens().token("writer") + "\r\n" + body + "\r\n\r\n"));
                String head = client.head();
                assertTrue(head.startsWith("HTTP/1.1 400"), head);
            }
        }
    }

    @Test
    void aSlotIsGivenBackHoweverARequestWithABodyEnds() {
        String request = UPGRADE + "Authorization: Bearer " + rig.tokens().token("leaker")
                + "\r\nContent-Length: 9000\r\n\r\n" + "x".repeat(9_000);
        for (int i = 0; i < 20; i++) {
            try (RawClient client = new RawClient(rig.port())) {
                client.tryWrite(bytes(request));
                client.head();
            }
        }
        await("all slots are free").atMost(PATIENCE).until(() -> rig.meter("heddle_edge_connections_admitted") == 0);
        assertEquals(0, rig.meter("heddle_edge_sessions"));
    }
}
