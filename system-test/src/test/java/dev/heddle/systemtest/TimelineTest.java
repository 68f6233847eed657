package dev.heddle.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The page of a planner's run in a real browser, where there is one, against what the log says. */
@ExtendWith(SharedStack.class)
final class TimelineTest {
    private static final Path BROWSER = Path.of(System.getProperty("heddle.browser", "/usr/bin/chromium"));

    @Test
    void everyToolCallOfAPlannersRunIsOnThePage(Stack stack) throws IOException {
        NodeProgram.require(Files.isExecutable(BROWSER) ? null : "there is no browser at " + BROWSER);
        String user = "drawn-" + System.nanoTime();
        List<String> items;
        try (StreamClient socket = StreamClient.connect(stack, user, Map.of())) {
            socket.start("weekend", "planner", StreamClient.saying("a weekend in the mountains", Map.of()));
            socket.awaitEnds(1);
            items = socket.items();
        }
        Path directory = Path.of("target").toAbsolutePath();
        Files.createDirectories(Objects.requireNonNull(directory));
        Path page = directory.resolve("timeline.html");
        Cli.Outcome drawn = Cli.run(
                "timeline",
                "--bootstrap",
                stack.bootstrap(),
                "--user",
                user,
                "--run",
                "weekend",
                "-o",
                page.toString());
        assertEquals(0, drawn.exitCode(), drawn.err());
        ArrayNode calls = calls(items);
        assertEquals(6, calls.size());
        NodeProgram.run(
                stack,
                "timeline.mjs",
                "--page",
                page.toString(),
                "--calls",
                calls.toString(),
                "--browser",
                BROWSER.toString(),
                "--screenshot",
                directory.resolve("timeline.png").toString());
    }

    /** The tool calls, from the very items that the user's socket got. */
    private static ArrayNode calls(List<String> items) {
        Map<String, ObjectNode> calls = new LinkedHashMap<>();
        for (String item : items) {
            JsonNode event = StreamClient.parse(item).get("event");
            String id = event.path("toolCallId").asText();
            switch (event.path("type").asText()) {
                case "TOOL_CALL_START" ->
                    calls.put(
                            id,
                            JsonNodeFactory.instance
                                    .objectNode()
                                    .put("id", id)
                                    .put("name", event.get("toolCallName").asText())
                                    .put("arguments", ""));
                case "TOOL_CALL_ARGS" -> {
                    ObjectNode call = Objects.requireNonNull(calls.get(id));
                    call.put(
                            "arguments",
                            call.get("arguments").asText() + event.get("delta").asText());
                }
                case "TOOL_CALL_RESULT" ->
                    Objects.requireNonNull(calls.get(id))
                            .put("result", event.get("content").asText());
                default -> {}
            }
        }
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        calls.values().forEach(list::add);
        return list;
    }
}
