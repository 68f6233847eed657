package dev.heddle.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.testing.FreePorts;
import dev.heddle.testing.TestProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;

/**
 * The local stack, {@code heddle dev}, in a process of its own on free ports of loopback.
 *
 * <p>It may be killed as a power cut would, and started again on the same data and ports. Its talk goes to a file
 * beside the data directory. Used by one thread at a time.
 */
final class Stack implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path data;
    private final int port = FreePorts.next();
    private final int kafkaPort = FreePorts.next();
    private final HttpClient http = HttpClient.newHttpClient();
    private TestProcess process;

    private Stack(Path data) {
        this.data = data;
        this.process = launch();
    }

    /** Starts a stack and returns when it has said that it is ready. */
    static Stack start(Path data) {
        return new Stack(data);
    }

    /** Where the public port is: {@code http://127.0.0.1:PORT}. */
    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Where its Kafka is: {@code HOST:PORT}. */
    String bootstrap() {
        return "127.0.0.1:" + kafkaPort;
    }

    /** The JWK set that its tokens are signed with. */
    Path keys() {
        return data.resolve("dev-keys.json");
    }

    /** A token for this user, as the console gets it. */
    String token(String user) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/dev/tokens"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        JSON.createObjectNode().put("user", user).toString()))
                .build();
        try {
            JsonNode answer = JSON.readTree(
                    http.send(request, HttpResponse.BodyHandlers.ofString()).body());
            return answer.required("token").asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Ends the process at once, as {@code kill -9} does; returns when it is gone. */
    void kill() {
        process.close();
    }

    /** Starts it again on the same data and ports. */
    void restart() {
        if (process.isAlive()) {
            throw new IllegalStateException("it still runs");
        }
        process = launch();
    }

    @Override
    public void close() {
        try (TestProcess ending = process) {
            int unused = ending.terminate();
        }
    }

    private TestProcess launch() {
        ProcessBuilder program = Cli.process(List.of(
                        "dev",
                        "--port",
                        Integer.toString(port),
                        "--kafka-port",
                        Integer.toString(kafkaPort),
                        "--data",
                        data.toString()))
                .redirectError(ProcessBuilder.Redirect.appendTo(log().toFile()));
        TestProcess started = TestProcess.start("dev", program);
        assertEquals(url(), started.ready());
        return started;
    }

    private Path log() {
        return data.resolveSibling(data.getFileName() + ".log");
    }
}
