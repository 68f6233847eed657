package dev.heddle.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Json;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.executor.publish.PublishCommand;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.topic.TopicAdmin;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PublishCommandTest {

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private final Path directory;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    PublishCommandTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeAll
    static void makeTopics() {
        try (Admin admin = KAFKA.admin()) {
            TopicAdmin.create(admin, TopicLayout.local().withPartitions(ExecutorTest.PARTITIONS));
        }
    }

    private int publish(String user, List<String> lines, String... more) throws IOException {
        Path file = Files.write(directory.resolve("events.jsonl"), lines);
        List<String> arguments =
                new ArrayList<>(List.of("--user", user, "--bootstrap", KAFKA.bootstrapServers(), file.toString()));
        arguments.addAll(List.of(more));
        return new CommandLine(new PublishCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(new String[0]));
    }

    private static List<AgentEvent> events(String user, int count) {
        UserKey key = UserKey.of(user);
        try (LogReader log = new LogReader(KAFKA.bootstrapServers())) {
            log.awaitUntil("event " + count, key, event -> log.of(key).size() >= count);
            return log.of(key);
        }
    }

    private static List<RunPlace> places(List<AgentEvent> events) {
        return events.stream()
                .map(event -> Objects.requireNonNull(event.envelope().run()))
                .toList();
    }

    @Test
    void whatIsPublishedStandsInTheLogAsItWasWritten() throws IOException {
        List<String> lines = List.of(
                "{\"type\":\"RUN_STARTED\",\"threadId\":\"t\",\"runId\":\"r\",\"timestamp\":1}",
                "",
                "{\"type\":\"NOT_KNOWN_YET\",\"timestamp\":2,\"new\":{\"x\":1.10}}",
                "{\"type\":\"TEXT_MESSAGE_CONTENT\",\"messageId\":\"never opened\",\"delta\":\"x\",\"timestamp\":3}");
        assertEquals(0, publish("writer", lines), err.toString());
        List<AgentEvent> events = events("writer", 3);
        List<ObjectNode> written = lines.stream()
                .filter(line -> !line.isEmpty())
                .map(Json::parseObject)
                .toList();
        assertEquals(written, events.stream().map(AgentEvent::event).toList());
        assertEquals(
                List.of(new RunPlace("r", 0, 0), new RunPlace("r", 1, 0), new RunPlace("r", 2, 0)), places(events));
        assertEquals("t", events.get(2).envelope().threadId());
    }

    @Test
    void continuesTheRunWhereTheLogHasIt() throws IOException {
        String line = "{\"type\":\"CUSTOM\",\"name\":\"n\",\"value\":1}";
        assertEquals(0, publish("continuer", List.of(line, line), "--thread", "t", "--run", "r"));
        assertEquals(0, publish("continuer", List.of(line), "--run", "r", "--json"));
        List<AgentEvent> events = events("continuer", 3);
        assertEquals(new RunPlace("r", 2, 0), places(events).get(2));
        assertEquals("t", events.get(2).envelope().threadId());
        assertEquals(
                1, Json.parseObject(out.toString().strip()).path("published").asInt());
    }

    @Test
    void chunksAreExpandedAndClosedAtTheEnd() throws IOException {
        String chunk = "{\"type\":\"TEXT_MESSAGE_CHUNK\",\"messageId\":\"m\",\"delta\":\"x\"}";
        assertEquals(0, publish("chunker", List.of(chunk, chunk)));
        assertEquals(
                List.of("TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END"),
                events("chunker", 4).stream().map(AgentEvent::type).toList());
    }

    @Test
    void aBadLineIsNamedAndEndsWithOne() throws IOException {
        String good = "{\"type\":\"CUSTOM\",\"name\":\"n\",\"value\":1}";
        assertEquals(1, publish("bad-liner", List.of(good, "{\"type\":\"CUSTOM\"}")));
        assertTrue(err.toString().startsWith("heddle publish: line 2: CUSTOM"), err.toString());
        assertEquals(1, publish("bad-liner", List.of("not json")));
        assertTrue(err.toString().contains("line 1: "), err.toString());
    }

    @Test
    void strictRefusesWhatTheOrderForbidsAlsoAcrossCalls() throws IOException {
        String started = "{\"type\":\"RUN_STARTED\",\"threadId\":\"t\",\"runId\":\"r\"}";
        assertEquals(0, publish("strict", List.of(started), "--strict"), err.toString());
        assertEquals(1, publish("strict", List.of(started), "--strict"));
        assertTrue(err.toString().contains("line 1: RUN_STARTED"), err.toString());
    }

    @Test
    void aMissingFileAndAMissingUserAreOneClearLine() {
        CommandLine command = new CommandLine(new PublishCommand()).setErr(new PrintWriter(err, true));
        assertEquals(1, command.execute("--user", "u", "--bootstrap", KAFKA.bootstrapServers(), "no-such-file"));
        assertTrue(err.toString().contains("file no-such-file does not exist"));
        assertEquals(2, command.execute("--bootstrap", KAFKA.bootstrapServers()));
    }
}
