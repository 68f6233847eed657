package dev.heddle.systemtest.delivery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import dev.heddle.systemtest.StreamClient;
import dev.heddle.token.TokenSigner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A steady load on an edge, an executor and an ingest: users who come with a command, see its run through and leave;
 * strangers whose requests are refused or never finished; senders whose batches are taken, repeated and refused.
 * {@value #VISITORS} threads send visitors, because some partitions wait while they are taken over; strangers and
 * senders have one thread each. What fails is counted and tried again, for Kafka may be away meanwhile.
 */
final class RoleLoad implements AutoCloseable {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
    private static final int VISITORS = 4;
    private static final int VISITS_PER_USER = 5;

    /**
     * Fills the edge's cache of checked tokens early: it holds 1,024 tokens of usual length, more than a short test
     * has.
     */
    private static final String PADDING = "x".repeat(Scale.of(4_000, 0));

    private static final AtomicLong LOADS = new AtomicLong();

    private final String edgeUrl;
    private final String ingestUrl;
    private final TokenSigner tokens;
    private final String name = "load-" + LOADS.incrementAndGet();
    private final String service;
    private final HttpClient http = HttpClient.newHttpClient();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong visits = new AtomicLong();
    private final AtomicLong strangers = new AtomicLong();
    private final AtomicLong batches = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();

    /** One thing to do again and again; the number counts from 0. */
    private interface Deed {
        void at(long number) throws IOException, InterruptedException;
    }

    private RoleLoad(String edgeUrl, String ingestUrl, TokenSigner tokens) {
        this.edgeUrl = edgeUrl;
        this.ingestUrl = ingestUrl;
        this.tokens = tokens;
        this.service = tokens.token(claims -> {
            claims.setSubject("sender");
            claims.setClaim("scope", "events:write");
        });
    }

    static RoleLoad start(RoleProcess edge, RoleProcess ingest, TokenSigner tokens) {
        RoleLoad load = new RoleLoad(edge.awaitReady(), ingest.awaitReady(), tokens);
        for (int i = 0; i < VISITORS; i++) {
            String visitor = load.name + "-visitor-" + i;
            load.repeat(visitor, 50, number -> load.visit(visitor, number));
        }
        load.repeat("strangers", 50, load::comeAsAStranger);
        load.repeat("senders", 50, load::send);
        return load;
    }

    private void repeat(String name, int pauseMillis, Deed deed) {
        Thread thread = new Thread(
                () -> {
                    try {
                        for (long i = 0; !stop.await(pauseMillis, TimeUnit.MILLISECONDS); i++) {
                            attempt(deed, i);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void attempt(Deed deed, long number) throws InterruptedException {
        try {
            deed.at(number);
        } catch (IOException | RuntimeException | AssertionError e) {
            // Kafka or a role may be away: the next attempt tells.
            failures.incrementAndGet();
        }
    }

    private void visit(String visitor, long number) {
        String user = visitor + "-" + number / VISITS_PER_USER;
        try (StreamClient client = StreamClient.connect(edgeUrl, tokenOf(user), Map.of("agents", "true"))) {
            client.start(visitor + "-run-" + number, "echo", StreamClient.saying("one two three four", Map.of()));
            // A command that waited for too long, while its partition was taken over, has no run.
            (client.awaitEndOrRejection() ? visits : failures).incrementAndGet();
        }
    }

    private String tokenOf(String user) {
        return tokens.token(claims -> {
            claims.setSubject(user);
            claims.setClaim("padding", PADDING);
        });
    }

    private void comeAsAStranger(long number) throws IOException {
        String head = """
                GET /v1/stream HTTP/1.1
                Host: localhost
                Connection: Upgrade
                Upgrade: websocket
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==
                """.replace("\n", "\r\n");
        String[] endings = {
            "", "Sec-WebSocket-Protocol: heddle.v1, bearer.no-token\r\n\r\n", "Content-Length: 5\r\n\r\n", "\r\n"
        };
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), URI.create(edgeUrl).getPort())) {
            socket.getOutputStream()
                    .write((head + endings[(int) (number % endings.length)]).getBytes(StandardCharsets.US_ASCII));
            strangers.incrementAndGet();
        }
    }

    private void send(long number) throws IOException, InterruptedException {
        String run = name + "-sent-" + number;
        int status = post(run, batch(run, 0));
        if (status == 200) {
            batches.incrementAndGet();
            int known = post(run, batch(run, 0));
            int gap = post(run, batch(run, 7));
            if (known == 409 || gap == 200) {
                wrong.incrementAndGet();
            }
        } else {
            failures.incrementAndGet();
        }
    }

    private int post(String run, ObjectNode batch) throws IOException, InterruptedException {
        URI address = URI.create(ingestUrl + "/v1/users/" + run + "/events");
        HttpRequest request = HttpRequest.newBuilder(address)
                .header("Authorization", "Bearer " + service)
                .header("Content-Type", "application/json")
                .timeout(ANSWER_LIMIT)
                .POST(HttpRequest.BodyPublishers.ofString(batch.toString()))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    private static ObjectNode batch(String run, int first) {
        ObjectNode batch = Json.object().put("threadId", run).put("runId", run);
        ArrayNode events = batch.putArray("events");
        add(
                events,
                first,
                Json.object().put("type", "RUN_STARTED").put("threadId", run).put("runId", run));
        add(
                events,
                first + 1,
                Json.object()
                        .put("type", "TEXT_MESSAGE_START")
                        .put("messageId", "m")
                        .put("role", "assistant"));
        add(
                events,
                first + 2,
                Json.object()
                        .put("type", "TEXT_MESSAGE_CONTENT")
                        .put("messageId", "m")
                        .put("delta", "words"));
        add(events, first + 3, Json.object().put("type", "TEXT_MESSAGE_END").put("messageId", "m"));
        add(
                events,
                first + 4,
                Json.object().put("type", "RUN_FINISHED").put("threadId", run).put("runId", run));
        return batch;
    }

    private static void add(ArrayNode events, int runSeq, ObjectNode event) {
        events.addObject().put("runSeq", runSeq).set("event", event);
    }

    /** How many users have seen their run through so far. */
    long visits() {
        return visits.get();
    }

    /** How many strangers have come and gone so far. */
    long strangers() {
        return strangers.get();
    }

    /** How many new batches were taken so far. */
    long batches() {
        return batches.get();
    }

    /**
     * How many batches were answered as they must not be so far: one that was known already with 409, or a gap with
     * 200.
     */
    long wrong() {
        return wrong.get();
    }

    /** How many attempts came to nothing so far. */
    long failures() {
        return failures.get();
    }

    @Override
    public void close() {
        stop.countDown();
        try {
            for (Thread thread : threads) {
                thread.join(ANSWER_LIMIT.toMillis() * 2);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
