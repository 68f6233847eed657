package dev.heddle.systemtest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.testing.FreePorts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The local stack, {@code heddle dev}, in a process of its own on free ports of loopback.
 *
 * <p>It may be killed as a power cut would, and started again on the same data and ports. Its talk goes to a file
 * beside the data directory. Used by one thread at a time; a process that a test forgets ends with the JVM.
 */
final class Stack implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path data;
    private final int port = FreePorts.next();
    private final int kafkaPort = FreePorts.next();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Thread atExit = new Thread(this::destroy);
    private Process process;

    private Stack(Path data) {
        this.data = data;
        this.process = launch();
        Runtime.getRuntime().addShutdownHook(atExit);
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
        process.destroyForcibly();
        process.onExit().join();
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
        Runtime.getRuntime().removeShutdownHook(atExit);
        process.destroy();
        try {
            if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                kill();
                throw new AssertionError("heddle dev did not stop within " + STOP_LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            destroy();
        }
    }

    private void destroy() {
        process.destroyForcibly();
    }

    private Process launch() {
        List<String> arguments = List.of(
                "dev",
                "--port",
                Integer.toString(port),
                "--kafka-port",
                Integer.toString(kafkaPort),
                "--data",
                data.toString());
        try {
            Process started = Cli.process(arguments)
                    .redirectError(ProcessBuilder.Redirect.appendTo(log().toFile()))
                    .start();
            awaitReady(started);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Standard output has one line, {@code ready URL}; the rest of it is drained. */
    private void awaitReady(Process started) {
        CompletableFuture<String> first = new CompletableFuture<>();
        Thread reader = new Thread(() -> readAll(started, first), "heddle-dev-output");
        reader.setDaemon(true);
        reader.start();
        try {
            String line = first.get(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (!line.equals("ready " + url())) {
                throw new AssertionError("heddle dev said '" + line + "', see " + log());
            }
        } catch (ExecutionException | TimeoutException e) {
            started.destroyForcibly();
            throw new AssertionError("heddle dev was not ready within " + START_LIMIT + ", see " + log(), e);
        } catch (InterruptedException e) {
            started.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static void readAll(Process started, CompletableFuture<String> first) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            first.complete(line == null ? "nothing" : line);
            while (line != null) {
                line = lines.readLine();
            }
        } catch (IOException e) {
            first.completeExceptionally(e);
        }
    }

    private Path log() {
        return data.resolveSibling(data.getFileName() + ".log");
    }
}
