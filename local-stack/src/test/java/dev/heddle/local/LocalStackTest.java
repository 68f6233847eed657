package dev.heddle.local;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import dev.heddle.event.Partitioning;
import dev.heddle.event.UserKey;
import dev.heddle.kafka.EmbeddedKafkaConfig;
import dev.heddle.kafka.EmbeddedKafkaException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStackTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path temporary = Path.of("");

    @Test
    void servesTokensAndTheConsoleToItsOwnHostOnlyAndKeepsItsKey() throws Exception {
        EmbeddedKafkaConfig kafka = EmbeddedKafkaConfig.in(temporary.resolve("data"));
        byte[] key;
        try (LocalStack stack = LocalStack.start(0, kafka)) {
            ObjectNode issued =
                    Json.parseObject(post(stack, "{\"user\":\"alice\"}").body());
            assertEquals(
                    Partitioning.partitionOf(UserKey.of("alice"), 64),
                    issued.get("partition").intValue());
            assertEquals(3, issued.get("token").textValue().split("\\.", -1).length);
            assertEquals(400, post(stack, "{\"user\":\"\"}").statusCode());
            assertEquals(400, post(stack, "{\"user\":7}").statusCode());
            assertEquals(400, post(stack, "{").statusCode());
            assertEquals(415, answer(tokens(stack, "{\"user\":\"alice\"}")).statusCode());
            assertEquals(
                    403,
                    answer(tokens(stack, "{\"user\":\"alice\"}")
                                    .header("Content-Type", "application/json")
                                    .header("Origin", "http://elsewhere.example"))
                            .statusCode());

            HttpResponse<String> page = answer(HttpRequest.newBuilder(URI.create(stack.url() + "/")));
            assertEquals(200, page.statusCode());
            assertTrue(page.headers().firstValue("Content-Security-Policy").isPresent());
            assertEquals(
                    404,
                    answer(HttpRequest.newBuilder(URI.create(stack.url() + "/logback.xml")))
                            .statusCode());
            key = Files.readAllBytes(kafka.data().resolve(DataLocation.KEYS));
        }
        try (LocalStack stack = LocalStack.start(0, kafka)) {
            assertEquals(200, post(stack, "{\"user\":\"alice\"}").statusCode());
            assertArrayEquals(key, Files.readAllBytes(kafka.data().resolve(DataLocation.KEYS)));
        }
    }

    @Test
    void aTakenPublicPortIsToldBeforeAnythingStarts() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path data = temporary.resolve("data");

            assertEquals(
                    "port " + other.getLocalPort() + " on 127.0.0.1 is taken",
                    assertThrows(CommandFailedException.class, () -> LocalStack.start(
                                            other.getLocalPort(), EmbeddedKafkaConfig.in(data))
                                    .close())
                            .getMessage());
            assertTrue(Files.notExists(data));
        }
    }

    @Test
    void aDirectoryOfSomebodyElseIsRefused() throws Exception {
        Files.writeString(temporary.resolve("letters.txt"), "dear");

        assertThrows(EmbeddedKafkaException.class, () -> LocalStack.start(0, EmbeddedKafkaConfig.in(temporary))
                .close());
    }

    private static HttpResponse<String> post(LocalStack stack, String body) throws IOException, InterruptedException {
        return answer(tokens(stack, body).header("Content-Type", "application/json"));
    }

    private static HttpRequest.Builder tokens(LocalStack stack, String body) {
        return HttpRequest.newBuilder(URI.create(stack.url() + "/dev/tokens"))
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private static HttpResponse<String> answer(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }
}
