package dev.heddle.local;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.client.HeddleEndpoint;
import dev.heddle.event.Json;
import dev.heddle.token.TokenSigner;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The load of a {@link Training}: the common paths, often enough that a JVM compiles them. Used by one thread.
 *
 * @param keys that the servers verify tokens with
 */
record TrainingLoad(TokenSigner keys) {
    private static final int ROUNDS = 4;
    private static final int USERS = 40;
    private static final int EVENTS = 100;
    private static final int EVERY_MILLIS = 10;
    private static final int BATCHES = 1_000;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /**
     * Users connect to an edge at once, start runs, lose their connection, resume, and read again from the beginning:
     * some 3,000 events per second for ten seconds, each read twice.
     */
    void ofClients(URI edge) {
        HeddleEndpoint endpoint = HeddleEndpoint.at(edge).within(LIMIT);
        for (int round = 0; round < ROUNDS; round++) {
            List<SmokeClient> clients = IntStream.range(0, USERS)
                    .mapToObj(user -> new SmokeClient(endpoint, keys.token("user-" + user)))
                    .toList();
            clients.forEach(client -> client.connect(null));
            clients.forEach(client -> client.start("countdown", EVENTS, EVERY_MILLIS));
            for (SmokeClient client : clients) {
                client.until("the middle of a run", () -> client.events().size() >= EVENTS / 2);
                String cursor = client.cursor();
                client.cut();
                client.connect(cursor);
            }
            for (SmokeClient client : clients) {
                client.until("the end of a run", client::hasFinished);
                client.cut();
                SmokeClient again = client.anew();
                again.connect(client.firstCursor());
                again.until("a run once more", again::hasFinished);
                again.cut();
            }
        }
    }

    /** A sender posts runs of four events, a batch each, one after the other. */
    void ofSender(URI ingest) throws IOException, InterruptedException {
        HttpClient http = HttpClient.newHttpClient();
        String token = keys.issue("training", LIMIT, TokenSigner.Terms.ofScope("events:write"));
        for (int batch = 0; batch < BATCHES; batch++) {
            HttpRequest request = HttpRequest.newBuilder(ingest.resolve("/v1/users/user-" + batch % USERS + "/events"))
                    .header("Authorization", "Bearer " + token)
                    .header("Content-Type", "application/json")
                    .timeout(LIMIT)
                    .POST(HttpRequest.BodyPublishers.ofString(
                            run("run-" + batch).toString()))
                    .build();
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new CommandFailedException("ingest answered " + answer.statusCode() + ": " + answer.body());
            }
        }
    }

    private static ObjectNode run(String id) {
        ObjectNode batch = Json.object().put("threadId", "training").put("runId", id);
        ArrayNode events = batch.putArray("events");
        add(events, "RUN_STARTED").put("threadId", "training").put("runId", id);
        add(events, "TEXT_MESSAGE_START").put("messageId", id);
        add(events, "TEXT_MESSAGE_CONTENT").put("messageId", id).put("delta", "a word or two ");
        add(events, "TEXT_MESSAGE_END").put("messageId", id);
        add(events, "RUN_FINISHED").put("threadId", "training").put("runId", id);
        return batch;
    }

    private static ObjectNode add(ArrayNode events, String type) {
        return events.addObject()
                .put("runSeq", events.size() - 1)
                .putObject("event")
                .put("type", type);
    }
}
