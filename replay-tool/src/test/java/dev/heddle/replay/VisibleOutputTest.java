package dev.heddle.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.EventItem;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import dev.heddle.testing.KafkaFixture;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Ids that clients choose to move the terminal of whoever looks into the log. */
class VisibleOutputTest {
    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    /** Escape, bell, DEL, C1's CSI, a right-to-left override, a line separator, and HTML. */
    private static final String EVIL = "x\u001b[2J\u0007\u007f\u009b31m\u202e\u2028</script><b>";

    @TempDir
    Path directory = Path.of("");

    private static ToolRun run(Object command, TestLog log, String... more) {
        List<String> all = new ArrayList<>(List.of("--bootstrap", KAFKA.bootstrapServers(), "--topic", log.name()));
        all.addAll(List.of(more));
        return ToolRun.of(command, all.toArray(String[]::new));
    }

    @Test
    void nothingThatATerminalObeysIsPrintedByAnyTool() throws Exception {
        UserKey user = UserKey.of("user-" + EVIL);
        String json = Json.text(Json.object().put("id", EVIL));
        String id = json.substring(json.indexOf(':') + 2, json.length() - 2);
        byte[] started = SampleRun.event(
                user,
                EVIL,
                EVIL,
                0,
                "{\"type\":\"RUN_STARTED\",\"threadId\":\"" + id + "\",\"runId\":\"" + id + "\"}",
                1);
        byte[] left =
                SampleRun.event(user, EVIL, EVIL, 5, "{\"type\":\"CUSTOM\",\"name\":\"" + id + "\",\"value\":1}", 2);
        try (TestLog log = TestLog.create(KAFKA.bootstrapServers(), "evil-" + UUID.randomUUID(), 1)) {
            log.put(user, started);
            log.put(user, left);
            log.put(user, new byte[] {1, 2, 3});
            log.flush();
            for (ToolRun told : List.of(
                    run(new ReplayCommand(), log, "--user", user.value()),
                    run(new RunsCommand(), log, "--user", user.value()),
                    run(new InspectCommand(), log, "--user", user.value()),
                    run(new VerifyCommand(), log),
                    run(new ReplayCommand(), log, "--user", "nobody" + EVIL),
                    run(new RunsCommand(), log, "--user", "nobody" + EVIL),
                    run(new ReplayCommand(), log, "--user", "a", "--from", EVIL),
                    run(new ReplayCommand(), log, "--user", "a", "--redact", EVIL),
                    run(new ExportCommand(), log, "-o", "/" + EVIL + "/none"),
                    run(new ImportCommand(), log, EVIL))) {
                String all = told.out() + told.err();
                assertTrue(
                        all.chars()
                                .allMatch(c -> c == '\n'
                                        || (c >= 0x20 && c != 0x7f && c != 0x9b && c != 0x202e && c != 0x2028)),
                        told::toString);
                assertTrue(all.contains("\\u001b[2J\\u0007\\u007f\\u009b"), () -> "the id is not shown: " + told);
            }

            // What programs read stays what an edge sends, byte for byte.
            List<String> items = run(new ReplayCommand(), log, "--user", user.value(), "--json")
                    .lines();
            assertEquals(new String(EventItem.of(user, started).json(), StandardCharsets.UTF_8), items.get(0));

            Path page = directory.resolve("page.html");
            ToolRun drawn =
                    run(new TimelineCommand(), log, "--user", user.value(), "--run", EVIL, "-o", page.toString());
            assertEquals(1, drawn.code(), () -> "one record cannot be read: " + drawn);
            assertFalse(Files.readString(page).contains("</script><b>"), "the page's script can be ended by an id");
        }
    }
}
