package dev.heddle.edge.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a page in a browser may read of the edge's answers. */
class CorsTest {

    private static final String PAGE = "https://app.example.com";

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    static EdgeRig rig;

    @BeforeAll
    static void start(@TempDir Path directory) {
        rig = EdgeRig.start(
                KAFKA.bootstrapServers(),
                TokenSigner.ellipticIn(directory),
                "http.allowedOrigins=" + PAGE + "/,https://*.example.org,null");
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private record Reply(int status, Map<String, String> headers) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        boolean isOpenTo(String origin) {
            return header("access-control-allow-origin").equals(origin)
                    && header("access-control-allow-credentials").equals("true")
                    && header("access-control-expose-headers").equals("X-Run-Id, Retry-After")
                    && header("vary").startsWith("Origin");
        }

        boolean isClosed() {
            return headers.keySet().stream().noneMatch(name -> name.startsWith("access-control"));
        }
    }

    private static Reply ask(String line, String... headers) {
        try (RawClient client = new RawClient(rig.port())) {
            String head = line + " HTTP/1.1\r\nHost: h\r\n"
                    + String.join(
                            "",
                            Arrays.stream(headers)
                                    .map(header -> header + "\r\n")
                                    .toList());
            client.write((head + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            String[] lines = client.head().strip().split("\r\n", -1);
            Map<String, String> found = new TreeMap<>();
            for (int i = 1; i < lines.length; i++) {
                int colon = lines[i].indexOf(':');
                found.put(
                        lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                        lines[i].substring(colon + 1).trim());
            }
            return new Reply(Integer.parseInt(lines[0].substring(9, 12)), found);
        }
    }

    private static String bearer() {
        return "Authorization: Bearer " + rig.tokens().token("alice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/partition", "/v1/agents", "/v1/stream", "/v1/nothing"})
    void aPreflightIs204AndAllowsWhatWasAskedFor(String path) {
        Reply reply = ask(
                "OPTIONS " + path,
                "Origin: " + PAGE,
                "Access-Control-Request-Method: GET",
                "Access-Control-Request-Headers: authorization, x-trace");
        assertEquals(204, reply.status());
        assertTrue(reply.isOpenTo(PAGE), reply.toString());
        assertEquals("authorization, x-trace", reply.header("access-control-allow-headers"));
        assertTrue(reply.header("access-control-allow-methods").contains("DELETE"), reply.toString());
    }

    @Test
    void anAnswerAndARefusalCanBeReadByAnAllowedPage() {
        for (String origin : List.of(PAGE, "https://a.example.org", "null")) {
            assertTrue(ask("GET /v1/partition", bearer(), "Origin: " + origin).isOpenTo(origin));
            for (String line : List.of("GET /v1/agents", "GET /v1/nothing", "GET /v1/stream", "POST /v1/stream")) {
                Reply refusal = ask(line, "Origin: " + origin);
                assertTrue(refusal.status() >= 400, refusal.toString());
                assertTrue(refusal.isOpenTo(origin), line + " " + refusal);
            }
        }
    }

    @Test
    void aForeignPageIs403AndReadsNothing() {
        for (String origin :
                List.of("https://evil.example", "http://app.example.com", "https://example.org", PAGE + "/")) {
            for (String line : List.of("OPTIONS /v1/partition", "GET /v1/partition", "GET /v1/stream", "GET /v1/x")) {
                Reply reply = ask(line, bearer(), "Origin: " + origin);
                assertEquals(403, reply.status(), line + " " + origin);
                assertTrue(reply.isClosed(), reply.toString());
                assertEquals("Origin", reply.header("vary"));
            }
        }
        Reply two = ask("GET /v1/partition", bearer(), "Origin: " + PAGE, "Origin: " + PAGE);
        assertEquals(403, two.status());
        assertTrue(two.isClosed());
    }

    @Test
    void whatIsNoPageIsAnsweredWithoutCorsAndCachesAreTold() {
        Reply reply = ask("GET /v1/partition", bearer());
        assertEquals(200, reply.status());
        assertTrue(reply.isClosed());
        assertEquals("Origin", reply.header("vary"));
        assertEquals(204, ask("OPTIONS /v1/partition").status());
    }
}
