package dev.heddle.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.MissingTool;
import dev.heddle.testing.PageCode;
import dev.heddle.testing.RunLog;
import dev.heddle.token.TokenSigner;
import dev.heddle.topic.TopicAdmin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The programs of {@code docs/http-ingest.md}, run as they stand there. Skipped, and said so, where their language is
 * absent.
 */
class ExamplesTest {

    private static final UserKey ALICE = UserKey.of("alice");

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    @Test
    void thePythonProgramPublishesARun(@TempDir Path directory) throws Exception {
        assertPublishes(directory, new Example("python3", "python", "from-python", "Hello from Python"));
    }

    @Test
    void theNodeProgramPublishesARun(@TempDir Path directory) throws Exception {
        assertPublishes(directory, new Example("node", "js", "from-node", "Hello from Node"));
    }

    private record Example(String command, String language, String run, String text) {}

    private static void assertPublishes(Path directory, Example example) throws Exception {
        String command = example.command();
        String language = example.language();
        if (!isThere(command)) {
            MissingTool.end(command + " is not on the PATH: its example is not run");
        }
        List<String> blocks = PageCode.of("http-ingest.md").blocks(language);
        assertEquals(1, blocks.size());
        assertEquals(10, blocks.get(0).lines().count(), "ten lines");
        Path program = directory.resolve(language.equals("js") ? "example.mjs" : "example.py");
        Files.writeString(program, blocks.get(0));
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        TopicLayout layout = TopicLayout.local().withPartitions(4);
        try (Admin admin = KAFKA.admin()) {
            TopicAdmin.create(admin, layout);
        }
        IngestConfig config = IngestConfigs.of(KAFKA.bootstrapServers(), layout.partitions(), tokens);
        try (Ingest ingest = Ingest.start(config);
                RunLog log = new RunLog(KAFKA.bootstrapServers())) {
            ProcessBuilder process = new ProcessBuilder(command, program.toString()).redirectErrorStream(true);
            process.environment().put("INGEST_URL", "http://127.0.0.1:" + ingest.port());
            process.environment()
                    .put("INGEST_TOKEN", tokens.token(claims -> claims.setStringClaim("scope", "events:write")));
            Process running = process.start();
            String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(running.waitFor(30, TimeUnit.SECONDS), output);
            assertEquals(0, running.exitValue(), output);
            assertTrue(output.contains("cursor"), output);
            List<ObjectNode> events = log.whole(ALICE, example.run());
            assertEquals(example.text(), events.get(2).path("delta").asText());
            assertEquals(
                    "RUN_FINISHED", events.get(events.size() - 1).path("type").asText());
        }
    }

    private static boolean isThere(String command) throws InterruptedException {
        try {
            return new ProcessBuilder(command, "--version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
