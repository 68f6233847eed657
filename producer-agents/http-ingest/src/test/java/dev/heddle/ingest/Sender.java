package dev.heddle.ingest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** An executor in another language: posts batches of one user's run. */
final class Sender {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String base;
    private final String token;

    Sender(int port, String token) {
        this.base = "http://127.0.0.1:" + port;
        this.token = token;
    }

    /** What came back. */
    record Reply(int status, ObjectNode body, HttpResponse<String> response) {
        String code() {
            return body.path("code").asText();
        }
    }

    /** A batch of CUSTOM events with these numbers, whose value is the word; RUN_STARTED at 0. */
    static ObjectNode batch(String run, long from, int count, String word) {
        ObjectNode batch = Json.object().put("threadId", "t").put("runId", run);
        var events = batch.putArray("events");
        for (long seq = from; seq < from + count; seq++) {
            ObjectNode item = events.addObject().put("runSeq", seq);
            ObjectNode event = item.putObject("event");
            if (seq == 0) {
                event.put("type", "RUN_STARTED").put("threadId", "t").put("runId", run);
            } else {
                event.put("type", "CUSTOM").put("name", "n").put("value", word + seq);
            }
        }
        return batch;
    }

    Reply post(String user, ObjectNode batch) {
        return post(user, batch.toString());
    }

    Reply post(String user, String body) {
        String path =
                "/v1/users/" + URLEncoder.encode(user, StandardCharsets.UTF_8).replace("+", "%20") + "/events";
        return send(request(path)
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json");
    }

    Reply send(HttpRequest request) {
        try {
            HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            ObjectNode body = response.body().startsWith("{") ? Json.parseObject(response.body()) : Json.object();
            return new Reply(response.statusCode(), body, response);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (java.io.IOException e) {
            throw new AssertionError("no answer", e);
        }
    }
}
