package dev.heddle.langchain4j;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.heddle.event.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A model behind the Chat Completions API (OpenAI's, as many speak it): each request is answered by the given script.
 */
final class ChatCompletionsServer implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<ObjectNode> requests = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private volatile Script script = (request, answer) -> answer.done("stop");

    /** Answers one request. */
    @FunctionalInterface
    interface Script {
        void answer(ObjectNode request, Answering answer) throws IOException, InterruptedException;
    }

    ChatCompletionsServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/v1/chat/completions", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    String baseUrl() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    void answerWith(Script next) {
        script = next;
    }

    /** The bodies that came, in their order. */
    List<ObjectNode> requests() {
        return requests;
    }

    List<String> authorizations() {
        return authorizations;
    }

    private void handle(HttpExchange exchange) throws IOException {
        ObjectNode request =
                Json.parseObject(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        requests.add(request);
        authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        try {
            script.answer(request, new Answering(exchange));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // What a script throws cuts the connection; this ends the answer as it should be.
        exchange.close();
    }

    /** One streamed answer: server-sent events in chunks, as they are written. */
    static final class Answering {
        private final HttpExchange exchange;
        private final CountDownLatch pace = new CountDownLatch(1);
        private OutputStream stream = OutputStream.nullOutputStream();
        private boolean begun;

        private Answering(HttpExchange exchange) {
            this.exchange = exchange;
        }

        /** Refuses with a status and an error as the API has it. */
        void refuse(int status, String message) throws IOException {
            byte[] body = ("{\"error\":{\"message\":\"" + message + "\",\"type\":\"some_error\"}}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }

        /** All at once, as it is for a request that does not ask for a stream. */
        void whole(String text) throws IOException {
            ObjectNode choice = Json.object().put("index", 0).put("finish_reason", "stop");
            choice.putObject("message").put("role", "assistant").put("content", text);
            ObjectNode completion = chunk().put("object", "chat.completion");
            completion.putArray("choices").add(choice);
            completion
                    .putObject("usage")
                    .put("prompt_tokens", 3)
                    .put("completion_tokens", 2)
                    .put("total_tokens", 5);
            byte[] body = completion.toString().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }

        Answering text(String delta) throws IOException {
            return delta(Json.object().put("content", delta));
        }

        Answering thinking(String delta) throws IOException {
            return delta(Json.object().put("reasoning_content", delta));
        }

        /** The beginning of a call, whose id is empty if the server gives none. */
        Answering call(int index, String id, String name) throws IOException {
            ObjectNode call = Json.object().put("index", index).put("type", "function");
            if (!id.isEmpty()) {
                call.put("id", id);
            }
            call.putObject("function").put("name", name).put("arguments", "");
            return calls(call);
        }

        Answering arguments(int index, String piece) throws IOException {
            ObjectNode call = Json.object().put("index", index);
            call.putObject("function").put("arguments", piece);
            return calls(call);
        }

        private Answering calls(ObjectNode call) throws IOException {
            ObjectNode delta = Json.object();
            delta.putArray("tool_calls").add(call);
            return delta(delta);
        }

        /** The reason to finish, the usage, and the end. */
        void done(String reason) throws IOException {
            ObjectNode choice = Json.object().put("index", 0).put("finish_reason", reason);
            choice.putObject("delta");
            ObjectNode last = chunk();
            last.putArray("choices").add(choice);
            send(last.toString());
            ObjectNode usage = chunk();
            usage.putArray("choices");
            ObjectNode counts = usage.putObject("usage")
                    .put("prompt_tokens", 10)
                    .put("completion_tokens", 5)
                    .put("total_tokens", 15);
            counts.putObject("completion_tokens_details").put("reasoning_tokens", 2);
            counts.putObject("prompt_tokens_details").put("cached_tokens", 4);
            send(usage.toString());
            send("[DONE]");
        }

        Answering delta(ObjectNode delta) throws IOException {
            ObjectNode choice = Json.object().put("index", 0);
            choice.set("delta", delta);
            ObjectNode chunk = chunk();
            chunk.putArray("choices").add(choice);
            return send(chunk.toString());
        }

        private static ObjectNode chunk() {
            return Json.object()
                    .put("id", "chatcmpl-1")
                    .put("object", "chat.completion.chunk")
                    .put("created", 1)
                    .put("model", "test-model");
        }

        Answering send(String data) throws IOException {
            if (!begun) {
                begun = true;
                exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
                exchange.sendResponseHeaders(200, 0);
                stream = exchange.getResponseBody();
            }
            stream.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
            stream.flush();
            return this;
        }

        /** Lets time go by, as a slow model does. */
        void pause(int millis) throws InterruptedException {
            if (pace.await(millis, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("nobody counts down");
            }
        }

        /** Writes until the client has gone, and says whether it went within the limit. */
        boolean writesUntilTheClientIsGone(int seconds) throws InterruptedException {
            long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            while (System.nanoTime() < limit) {
                try {
                    text("and so on ");
                } catch (IOException e) {
                    return true;
                }
                pause(20);
            }
            return false;
        }
    }

    /** Thrown by a script to cut the connection in the middle of the chunked body. */
    static final class CutException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
