package dev.heddle.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.EventItem;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import dev.heddle.replay.output.Redaction;
import dev.heddle.testing.KafkaFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Fold, redaction, and where the settings come from. */
class OutputTest {
    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final UserKey ALICE = UserKey.of("alice");

    @TempDir
    Path directory = Path.of("");

    @Test
    void foldedDeltasAreWhatAnEdgeWouldJoin() throws Exception {
        try (TestLog log = TestLog.create(KAFKA.bootstrapServers(), "folded-" + UUID.randomUUID(), 1)) {
            List<byte[]> run = SampleRun.of(ALICE, "t", "r", 4);
            for (byte[] event : run) {
                log.put(ALICE, event);
            }
            log.flush();
            List<EventItem> items =
                    run.stream().map(each -> EventItem.of(ALICE, each)).toList();

            Path config = Files.writeString(
                    directory.resolve("config.yaml"), "kafka:\n  bootstrapServers: " + KAFKA.bootstrapServers() + "\n");
            ToolRun folded = ToolRun.of(
                    new ReplayCommand(),
                    "--config",
                    config.toString(),
                    "--topic",
                    log.name(),
                    "--user",
                    "alice",
                    "--json",
                    "--fold");
            assertEquals(0, folded.code(), folded::toString);
            assertEquals(11, folded.lines().size());
            assertEquals(
                    new String(EventItem.joined(items.subList(8, 12)).json(), UTF_8),
                    folded.lines().get(8));
            assertEquals(new String(items.get(13).json(), UTF_8), folded.lines().get(10));

            Path redacting = Files.writeString(
                    directory.resolve("redacting.yaml"),
                    "kafka:\n  bootstrapServers: 127.0.0.1:9\noutput:\n  redact: [/event/delta]\n");
            Path properties = Files.writeString(
                    directory.resolve("kafka.properties"), "bootstrap.servers=" + KAFKA.bootstrapServers() + "\n");
            ToolRun black = ToolRun.of(
                    new ReplayCommand(),
                    "--config",
                    redacting.toString(),
                    "--kafka-properties",
                    properties.toString(),
                    "--topic",
                    log.name(),
                    "--user",
                    "alice",
                    "--run",
                    "r",
                    "--types",
                    "TEXT_MESSAGE_CONTENT",
                    "--from",
                    "last:2");
            assertEquals(0, black.code(), black::toString);
            assertEquals(2, black.lines().size());
            assertTrue(black.lines().get(1).endsWith("\"delta\":\"[redacted]\"}"), black::toString);
            assertTrue(black.lines().get(1).contains("run=r#11"), black::toString);
        }
    }

    @Test
    void whatIsBlackedOutKeepsItsKind() {
        Redaction redaction = Redaction.of(List.of("/a/*/b", "/n", "/o", "/l/1", "/t~1x", "/none/at/all"));
        String item =
                "{\"a\":[{\"b\":\"x\"},{\"b\":true}],\"n\":1.5,\"o\":{\"p\":1},\"l\":[1,[2],3],\"t/x\":\"y\",\"k\":\"z\"}";
        assertEquals(
                "{\"a\":[{\"b\":\"[redacted]\"},{\"b\":false}],\"n\":0,\"o\":{},\"l\":[1,[],3],\"t/x\":\"[redacted]\",\"k\":\"z\"}",
                Json.text(redaction.tree(item.getBytes(UTF_8))));
    }

    @Test
    void aWrongSettingIsNamed() throws Exception {
        Path config = Files.writeString(directory.resolve("config.yaml"), "kafak: x\n");
        ToolRun wrong = ToolRun.of(new ReplayCommand(), "--config", config.toString(), "--user", "alice");
        assertEquals(2, wrong.code(), wrong::toString);
        assertTrue(wrong.err().startsWith("replay: no setting kafak (file "), wrong::toString);
        Path pointer = Files.writeString(directory.resolve("pointer.yaml"), "output:\n  redact: [delta]\n");
        ToolRun bad = ToolRun.of(new ReplayCommand(), "--config", pointer.toString(), "--user", "alice");
        assertEquals(2, bad.code(), bad::toString);
        assertTrue(bad.err().contains("'delta' is not a JSON pointer"), bad::toString);
        ToolRun missing = ToolRun.of(new ReplayCommand(), "--kafka-properties", "none.properties", "--user", "alice");
        assertEquals(2, missing.code());
        assertEquals("replay: --kafka-properties: there is no file none.properties\n", missing.err());
    }

    @Test
    void aScriptForEachShellNamesCommandsAndOptions() {
        CommandLine root = new CommandLine(new Root());
        for (String shell : List.of("bash", "zsh", "fish")) {
            ToolRun run = ToolRun.on(root, "completion", shell);
            assertEquals(0, run.code(), run::toString);
            assertTrue(run.out().contains("replay"), run::toString);
            assertTrue(run.out().contains(shell.equals("fish") ? "-l no-index" : "--no-index"), run::toString);
        }
    }

    @CommandLine.Command(
            name = "heddle",
            subcommands = {ReplayCommand.class, CompletionCommand.class})
    private static final class Root {}
}
