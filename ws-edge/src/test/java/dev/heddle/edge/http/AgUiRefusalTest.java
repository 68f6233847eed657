package dev.heddle.edge.http;

import static dev.heddle.edge.http.AgUiRequests.input;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.edge.socket.EdgeRig;
import dev.heddle.event.Json;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The refusals of AG-UI's routes: JSON with the contract's statuses, readable by an allowed page. */
class AgUiRefusalTest {

    private static final String PAGE = "https://app.example.com";

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    static EdgeRig rig;

    @BeforeAll
    static void start(@TempDir Path directory) {
        rig = EdgeRig.start(
                KAFKA.bootstrapServers(),
                TokenSigner.ellipticIn(directory),
                "http.allowedOrigins=" + PAGE,
                "http.requestTimeout=2s",
                "limits.maxBodyBytes=16KiB",
                "limits.bodyBytes=64KiB");
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private record Request(String line, List<String> headers, Body sent) {
        Request(String line, List<String> headers, byte[] body) {
            this(line, headers, new Body(body));
        }

        byte[] body() {
            return sent.bytes;
        }

        Request with(String... more) {
            List<String> all = new ArrayList<>(headers);
            all.addAll(Arrays.asList(more));
            return new Request(line, all, sent);
        }

        Request without(String name) {
            return new Request(
                    line,
                    headers.stream()
                            .filter(header -> !header.startsWith(name + ":"))
                            .toList(),
                    sent);
        }
    }

    private static final class Body {
        private final byte[] bytes;

        private Body(byte[] bytes) {
            this.bytes = bytes;
        }
    }

    private static Request post(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return new Request(
                "POST /v1/agui/echo HTTP/1.1",
                List.of(bearer(), "Content-Type: application/json", "Content-Length: " + bytes.length),
                bytes);
    }

    private static Request request(String line) {
        return new Request(line + " HTTP/1.1", List.of(bearer()), new byte[0]);
    }

    private static String bearer() {
        return "Authorization: Bearer " + rig.tokens().token("alice");
    }

    private static void assertRefused(int status, String code, Request request) {
        try (HttpPeer peer = new HttpPeer(rig.port())) {
            peer.send(request.line(), request.with("Origin: " + PAGE).headers(), request.body())
                    .head();
            String body = peer.body();
            assertEquals(status, peer.status(), request.line() + " " + request.headers() + ": " + body);
            ObjectNode refusal = Json.parseObject(body);
            assertEquals(code, refusal.path("code").asText(), body);
            assertFalse(refusal.path("message").asText().isEmpty());
            assertEquals("application/json", peer.header("content-type"));
            assertEquals(PAGE, peer.header("access-control-allow-origin"));
            assertEquals(
                    status == 429 || status == 503, !peer.header("retry-after").isEmpty());
        }
    }

    @Test
    void tokensAndOrigins() {
        Request good = post(input("t", "r").toString());
        assertRefused(401, "unauthenticated", good.without("Authorization"));
        assertRefused(401, "unauthenticated", good.without("Authorization").with("Authorization: Bearer nonsense"));
        String token = rig.tokens().token("alice");
        assertRefused(
                401, "unauthenticated", good.without("Authorization").with("Sec-WebSocket-Protocol: bearer." + token));
        assertRefused(401, "unauthenticated", request("GET /v1/agui/echo?runId=r&access_token=" + token));
        try (HttpPeer peer = new HttpPeer(rig.port())) {
            peer.send(good.line(), good.with("Origin: https://evil.example").headers(), good.body())
                    .head();
            assertEquals(403, peer.status());
            assertEquals("", peer.header("access-control-allow-origin"));
        }
    }

    @Test
    void bodiesThatAreNone() {
        assertRefused(400, "invalid", post("not JSON"));
        assertRefused(400, "invalid", post("[]"));
        assertRefused(400, "invalid", post("{\"threadId\":\"t\",\"threadId\":\"t\"}"));
        assertRefused(400, "invalid", post("\u0000".repeat(100)));
        assertRefused(400, "invalid", post("[".repeat(16_000)));
        assertRefused(
                413,
                "too_large",
                post(input("t", "r").put("x", "y".repeat(16 * 1024)).toString()));
        Request good = post(input("t", "r").toString());
        assertRefused(415, "unsupported_media_type", good.without("Content-Type"));
        assertRefused(
                415, "unsupported_media_type", good.without("Content-Type").with("Content-Type: text/plain"));
        assertRefused(
                415,
                "unsupported_media_type",
                new Request(
                        good.line(),
                        List.of(
                                bearer(),
                                "Content-Type: application/json",
                                "Content-Encoding: gzip",
                                "Content-Length: " + gzip(good.body()).length),
                        gzip(good.body())));
        byte[] latin = input("t", "ü").toString().getBytes(StandardCharsets.ISO_8859_1);
        assertRefused(
                400,
                "invalid",
                new Request(
                        good.line(),
                        List.of(bearer(), "Content-Type: application/json", "Content-Length: " + latin.length),
                        latin));
    }

    private static byte[] gzip(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(body);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }

    @Test
    void fieldsOfAWrongType() {
        for (Map.Entry<String, String> field : Map.of(
                        "threadId", "1",
                        "runId", "null",
                        "messages", "{}",
                        "tools", "[{\"name\":1}]",
                        "context", "[1]",
                        "resume", "{}",
                        "parentRunId", "7")
                .entrySet()) {
            ObjectNode input = input("t", "r");
            input.set(
                    field.getKey(),
                    Json.parseArray("[" + field.getValue() + "]").get(0));
            assertRefused(400, "invalid", post(input.toString()));
        }
        assertRefused(400, "invalid", post(input("t", "r".repeat(257)).toString()));
        assertRefused(400, "invalid", post(input("", "r").toString()));
        ObjectNode twoRoles = input("t", "r");
        twoRoles.putArray("messages").addObject().put("id", "m").put("role", "emperor");
        assertRefused(400, "invalid", post(twoRoles.toString()));
    }

    @Test
    void whatIsNotThere() {
        Request good = post(input("t", "r").toString());
        assertRefused(404, "unknown_agent", new Request("POST /v1/agui/nobody HTTP/1.1", good.headers(), good.body()));
        assertRefused(404, "unknown_run", request("GET /v1/agui/echo/runs/none"));
        assertRefused(404, "unknown_run", request("DELETE /v1/agui/echo/runs/none"));
        for (String path : List.of(
                "/v1/agui/",
                "/v1/agui/echo/",
                "/v1/agui/echo/runs",
                "/v1/agui/echo/runs/",
                "/v1/agui/echo/walks/r",
                "/v1/agui/echo/runs/r/x",
                "/v1/agui/%FF",
                "/v1/copilotkit/info",
                "/v1/chat/echo")) {
            assertRefused(404, "not_found", request("GET " + path));
        }
        assertRefused(
                404,
                "not_found",
                request("GET /v1/agui/echo")
                        .with(
                                "Upgrade: websocket",
                                "Connection: Upgrade",
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                                "Sec-WebSocket-Version: 13",
                                "Sec-WebSocket-Protocol: agui.v1"));
        assertRefused(405, "method_not_allowed", request("PUT /v1/agui/echo"));
        assertRefused(405, "method_not_allowed", request("DELETE /v1/agui/echo"));
        assertRefused(400, "invalid", request("GET /v1/agui/echo"));
    }

    @Test
    void aBodyMayComeInChunksOrAfterAContinueAndOneThatDoesNotComeIsNotWaitedFor() {
        byte[] body = input("t", "chunked").toString().getBytes(StandardCharsets.UTF_8);
        List<String> headers = List.of(bearer(), "Content-Type: application/json; charset=utf-8");
        try (HttpPeer peer = new HttpPeer(rig.port())) {
            String chunks = Integer.toHexString(body.length) + "\r\n" + new String(body, StandardCharsets.UTF_8)
                    + "\r\n0\r\n\r\n";
            List<String> chunked = new ArrayList<>(headers);
            chunked.add("Transfer-Encoding: chunked");
            peer.send("POST /v1/agui/echo HTTP/1.1", chunked, chunks.getBytes(StandardCharsets.UTF_8));
            assertEquals(200, peer.head().status());
        }
        List<String> expecting = new ArrayList<>(headers);
        expecting.add("Expect: 100-continue");
        expecting.add("Content-Length: " + body.length);
        try (HttpPeer peer = new HttpPeer(rig.port())) {
            peer.send("POST /v1/agui/echo HTTP/1.1", expecting, new byte[0]);
            assertEquals(100, peer.head().status());
            peer.send(new String(body, StandardCharsets.UTF_8));
            assertEquals(200, peer.head().status());
        }
        try (HttpPeer peer = new HttpPeer(rig.port())) {
            peer.send("POST /v1/agui/nobody HTTP/1.1", expecting.subList(1, 4), new byte[0]);
            assertEquals(401, peer.head().status(), "a refused client sends no body");
        }
        try (HttpPeer peer = new HttpPeer(rig.port())) {
            List<String> unfinished = new ArrayList<>(headers);
            unfinished.add("Content-Length: 100");
            peer.send("POST /v1/agui/echo HTTP/1.1", unfinished, new byte[10]);
            assertEquals(408, peer.head().status());
        }
    }

    @Test
    void aPreflightIsAnsweredOnEveryRoute() {
        for (String path : List.of("/v1/agui/echo", "/v1/agui/echo/runs/r")) {
            try (HttpPeer peer = new HttpPeer(rig.port())) {
                peer.send(
                                "OPTIONS " + path + " HTTP/1.1",
                                List.of(
                                        "Origin: " + PAGE,
                                        "Access-Control-Request-Method: POST",
                                        "Access-Control-Request-Headers: authorization,last-event-id"),
                                new byte[0])
                        .head();
                assertEquals(204, peer.status());
                assertEquals(PAGE, peer.header("access-control-allow-origin"));
                assertEquals("authorization,last-event-id", peer.header("access-control-allow-headers"));
                assertEquals("X-Run-Id, Retry-After", peer.header("access-control-expose-headers"));
            }
        }
    }
}
