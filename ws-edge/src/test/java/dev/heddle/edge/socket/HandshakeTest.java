package dev.heddle.edge.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest {

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    static EdgeRig rig;

    @BeforeAll
    static void start(@TempDir Path directory) {
        rig = EdgeRig.start(KAFKA.bootstrapServers(), TokenSigner.ellipticIn(directory));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static String good() {
        return rig.tokens().token("alice");
    }

    /**
     * What a request with heddle.v1 comes to: the code of the first frame if it is a close frame, 0 if it is another.
     */
    private static int outcome(String target, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("Sec-WebSocket-Protocol: heddle.v1");
        try (RawClient client = new RawClient(rig.port())) {
            String head = client.handshake(target, all);
            assertTrue(head.startsWith("HTTP/1.1 101"), head);
            RawClient.Frame frame = client.frame();
            return frame.opcode() == RawClient.CLOSE ? frame.closeCode() : 0;
        }
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token;
    }

    @Test
    void aGoodTokenComesInBothWays() {
        assertEquals(0, outcome("/v1/stream", bearer(good())));
        try (RawClient client = new RawClient(rig.port())) {
            String head =
                    client.handshake("/v1/stream", List.of("Sec-WebSocket-Protocol: heddle.v1, bearer." + good()));
            assertTrue(head.contains("\r\nsec-websocket-protocol: heddle.v1\r\n"), head);
            assertFalse(head.contains("bearer"));
            assertEquals(RawClient.TEXT, client.frame().opcode());
        }
    }

    @Test
    void subprotocolsMayStandInSeveralHeadersAndInAnyOrder() {
        try (RawClient client = new RawClient(rig.port())) {
            String head = client.handshake(
                    "/v1/stream",
                    List.of("Sec-WebSocket-Protocol: bearer." + good(), "Sec-WebSocket-Protocol: other, heddle.v1"));
            assertTrue(head.contains("\r\nsec-websocket-protocol: heddle.v1\r\n"), head);
            assertEquals(RawClient.TEXT, client.frame().opcode());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?token=%s",
                "?access_token=%s",
                "?bearer=%s",
                "?jwt=%s",
                "?authorization=%s",
                "?Authorization=Bearer%%20%s",
                "?cursor=%s",
                "?anything=%s",
                "?%s",
                "?token=short",
                "?x=1&y=%s&z=2"
            })
    void aTokenInTheUrlIs4401WhateverElseIsRight(String query) {
        String target = "/v1/stream" + String.format(query, good());
        assertEquals(4401, outcome(target, bearer(good())));
        assertEquals(
                401,
                rig.get(target, Map.of("Authorization", "Bearer " + good())).statusCode());
    }

    @Test
    void withoutATokenOrWithTwoItIs4401() {
        assertEquals(4401, outcome("/v1/stream"));
        assertEquals(4401, outcome("/v1/stream", "Authorization: Basic YTpi"));
        assertEquals(4401, outcome("/v1/stream", "Authorization: Bearer "));
        assertEquals(
                4401, outcome("/v1/stream", bearer(good()), bearer(rig.tokens().token("bob"))));
        assertEquals(4401, outcome("/v1/stream", bearer(good() + "x")));
    }

    @Test
    void aUserKeyThatTheLogCannotHoldIs4403() {
        assertEquals(4403, outcome("/v1/stream", bearer(rig.tokens().token("u".repeat(257)))));
        assertEquals(4403, outcome("/v1/stream", bearer(rig.tokens().token(""))));
    }

    @Test
    void aForeignOriginIs4403AndOurOwnOrNoneIsFine() {
        assertEquals(4403, outcome("/v1/stream", bearer(good()), "Origin: https://evil.example"));
        assertEquals(4403, outcome("/v1/stream", bearer(good()), "Origin: null"));
        assertEquals(4403, outcome("/v1/stream", bearer(good()), "Host: evil.example", "Origin: http://evil.example"));
        assertEquals(0, outcome("/v1/stream", bearer(good()), "Origin: http://127.0.0.1:" + rig.port()));
        assertEquals(0, outcome("/v1/stream", bearer(good()), "Origin: http://localhost:" + rig.port()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "from=yesterday",
                "from=last:0",
                "from=last:10001",
                "from=last:-1",
                "from=latest&from=latest",
                "fold=maybe",
                "snapshot=1",
                "agents=TRUE",
                "p=x",
                "p=-1",
                "types=RUN_*_X",
                "types=RUN_*,",
                "thread=",
                "thread=%ff",
                "cursor=a&cursor=a"
            })
    void aBadParameterIs4400(String query) {
        assertEquals(4400, outcome("/v1/stream?" + query, bearer(good())));
    }

    @Test
    void aUrlThatIsNoUriGetsPlainHttp400() {
        try (RawClient client = new RawClient(rig.port())) {
            String head = client.handshake(
                    "/v1/stream?thread=%2", List.of("Sec-WebSocket-Protocol: heddle.v1", bearer(good())));
            assertTrue(head.startsWith("HTTP/1.1 400"), head);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "from=earliest",
                "from=last:3",
                "from=2026-01-01T00:00:00Z",
                "from=2026-01-01T00:00:00%2B01:00",
                "p=999999",
                "types=RUN_*,TOOL_CALL_START,*",
                "fold=true&snapshot=false",
                "utm_source=mail&utm_source=web"
            })
    void aGoodOrUnknownParameterIsTaken(String query) {
        assertEquals(0, outcome("/v1/stream?" + query, bearer(good())));
    }

    @Test
    void withoutOurSubprotocolTheAnswerIsPlainHttp() {
        try (RawClient client = new RawClient(rig.port())) {
            assertTrue(client.handshake("/v1/stream", List.of(bearer(good()))).startsWith("HTTP/1.1 400"));
        }
        try (RawClient client = new RawClient(rig.port())) {
            String head = client.handshake("/v1/stream", List.of("Sec-WebSocket-Protocol: graphql-ws"));
            assertTrue(head.startsWith("HTTP/1.1 401"), head);
            assertTrue(head.toLowerCase(Locale.ROOT).contains("www-authenticate: bearer"), head);
        }
        HttpResponse<String> foreign =
                rig.get("/v1/stream", Map.of("Origin", "https://evil.example", "Authorization", "Bearer " + good()));
        assertEquals(403, foreign.statusCode());
        assertEquals(
                400,
                rig.get("/v1/stream", Map.of("Authorization", "Bearer " + good()))
                        .statusCode());
    }

    @Test
    void anOldDraftOfWebSocketIsToldTheVersion() {
        try (RawClient client = new RawClient(rig.port())) {
            String head = client.handshake(
                    "/v1/stream",
                    List.of("Sec-WebSocket-Protocol: heddle.v1", "Sec-WebSocket-Version: 8", bearer(good())));
            assertTrue(head.startsWith("HTTP/1.1 426"), head);
        }
    }

    @Test
    void tooLongUrlsAndHeadersAreRefused() {
        try (RawClient client = new RawClient(rig.port())) {
            String head = client.handshake("/v1/stream?x=" + "y".repeat(10_000), List.of());
            assertTrue(head.contains(" 414 "), head);
        }
        try (RawClient client = new RawClient(rig.port())) {
            String head = client.handshake("/v1/stream", List.of("X-Big: " + "y".repeat(20_000)));
            assertTrue(head.contains(" 431 "), head);
        }
    }

    @Test
    void nonsenseInsteadOfHttpIsRefused() {
        try (RawClient client = new RawClient(rig.port())) {
            client.write("\u0016\u0003\u0001 hello\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            String head = client.head();
            assertTrue(head.contains(" 400 "), head);
        }
    }
}
