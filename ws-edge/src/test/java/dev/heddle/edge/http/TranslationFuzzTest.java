package dev.heddle.edge.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import dev.heddle.testing.NodeProject;
import dev.heddle.testing.RandomThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random legal runs are legal for the published client of each dialect, whole and without their beginning. */
class TranslationFuzzTest {

    private static final NodeProject INTEROP = new NodeProject(Path.of("../system-test/interop"));
    private static final int THREADS = Boolean.getBoolean("heddle.full") ? 10_000 : 100;
    private static final Map<String, Dialect> DIALECTS = Map.of("1.0.0", Dialect.V1_0, "0.0.59", Dialect.V0_0);

    private final ArrayNode streams = Json.mapper().createArrayNode();

    @Test
    void randomRunsAreLegalInEachDialect(@TempDir Path directory) throws IOException {
        for (int seed = 0; seed < THREADS; seed++) {
            Random random = new Random(seed);
            List<List<ObjectNode>> whole = new RandomThread(seed).runs();
            whole.forEach(run -> vary(run, random));
            List<List<ObjectNode>> cut =
                    whole.stream().map(run -> cut(run, random)).toList();
            for (String version : DIALECTS.keySet()) {
                add(version, "whole, seed " + seed, whole);
                add(version, "cut, seed " + seed, cut);
            }
        }
        Path file = directory.resolve("streams.json");
        Files.write(file, streams.toString().getBytes(UTF_8));
        NodeProject.Outcome outcome = INTEROP.run(List.of("node", "legal.mjs", file.toString()));
        assertEquals(0, outcome.exitCode(), outcome.output());
    }

    /** Adds what only one dialect has. */
    private static void vary(List<ObjectNode> run, Random random) {
        ObjectNode last = run.get(run.size() - 1);
        switch (random.nextInt(6)) {
            case 0 -> last.putObject("outcome").put("type", "cancelled");
            case 1 ->
                last.putObject("outcome")
                        .put("type", "success")
                        .putArray("pendingToolCallIds")
                        .add("c0");
            case 2 ->
                last.putObject("outcome")
                        .put("type", "interrupt")
                        .putArray("interrupts")
                        .addObject()
                        .put("id", "i")
                        .put("reason", "approval");
            case 3 -> last.putArray("usage").addObject().put("model", "m").put("cacheWriteInputTokens", 1);
            default -> {}
        }
        if (random.nextInt(3) == 0) {
            ObjectNode unknown = Json.object()
                    .put("type", "SOMETHING_NEW")
                    .put("timestamp", 1)
                    .put("x", 1);
            run.add(1 + random.nextInt(run.size() - 1), unknown);
        }
        if (run.get(0).path("input").path("messages") instanceof ArrayNode messages && random.nextBoolean()) {
            ArrayNode content =
                    messages.addObject().put("id", "file").put("role", "user").putArray("content");
            content.addObject().put("type", "text").put("text", "see");
            content.addObject()
                    .put("type", "image")
                    .putObject("source")
                    .put("type", "file")
                    .put("value", "f1");
        }
    }

    /** The run as a client gets it if the log has lost its first events. */
    private static List<ObjectNode> cut(List<ObjectNode> run, Random random) {
        String runId = run.get(0).path("runId").asText();
        Prelude prelude = new Prelude("t", runId);
        List<ObjectNode> events = new ArrayList<>(List.of(prelude.begin()));
        for (ObjectNode event : run.subList(1 + random.nextInt(run.size() - 1), run.size())) {
            events.addAll(prelude.complete(event));
        }
        assertEquals("RUN_FINISHED", events.get(events.size() - 1).path("type").asText());
        return events;
    }

    private void add(String version, String name, List<List<ObjectNode>> runs) {
        ObjectNode stream = streams.addObject().put("version", version).put("name", name);
        ArrayNode told = stream.putArray("runs");
        for (List<ObjectNode> run : runs) {
            ArrayNode events = told.addArray();
            for (ObjectNode event : run) {
                byte[] translated = DIALECTS.getOrDefault(version, Dialect.V1_0)
                        .translate(event.path("type").asText(), Json.text(event).getBytes(UTF_8));
                if (translated != null) {
                    events.add(Json.parseObject(translated));
                }
            }
        }
    }
}
