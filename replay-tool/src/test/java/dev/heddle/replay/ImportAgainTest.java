package dev.heddle.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.EventItem;
import dev.heddle.event.UserKey;
import dev.heddle.testing.KafkaFixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Files that commands write and read, when something ends them in between. */
class ImportAgainTest {
    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final int USERS = 20;
    private static final int DELTAS = 2_000;

    @TempDir
    Path directory = Path.of("");

    private static TestLog log() throws Exception {
        return TestLog.create(KAFKA.bootstrapServers(), "again-" + UUID.randomUUID(), 3);
    }

    private static ToolRun run(Object command, TestLog log, String... more) {
        List<String> all = new ArrayList<>(List.of("--bootstrap", KAFKA.bootstrapServers(), "--topic", log.name()));
        all.addAll(List.of(more));
        return ToolRun.of(command, all.toArray(String[]::new));
    }

    /** A file of many users' events, as export writes it. */
    private Path file() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            UserKey user = UserKey.of("user-" + i);
            for (byte[] value : SampleRun.of(user, "t", "run", DELTAS)) {
                String item = new String(EventItem.of(user, value).json(), StandardCharsets.UTF_8);
                lines.add("{\"user\":\"" + user.value() + "\",\"item\":" + item + "}");
            }
        }
        return Files.write(directory.resolve("events.jsonl"), lines);
    }

    @Test
    void anImportThatWasKilledGoesOnAndOneThatIsRepeatedAddsNothing() throws Exception {
        Path file = file();
        long all = USERS * (DELTAS + 10L);
        try (TestLog log = log();
                ToolProcess.Kills target = new ToolProcess.Kills(KAFKA.bootstrapServers(), log.name())) {
            target.startAndKillAt(
                    500, "import", file.toString(), "--bootstrap", KAFKA.bootstrapServers(), "--topic", log.name());
            long before = target.records();
            assertTrue(before >= 500 && before < all, () -> "killed too late to show anything: " + before);

            ToolRun second = run(new ImportCommand(), log, file.toString());
            assertEquals(0, second.code(), second::toString);
            assertTrue(second.err().contains(" events were there already"), second::toString);
            assertEquals(all, target.records());
            ToolRun verified = run(new VerifyCommand(), log);
            assertEquals(0, verified.code(), verified::toString);

            ToolRun third = run(new ImportCommand(), log, file.toString());
            assertEquals(0, third.code(), third::toString);
            assertTrue(third.err().contains(": 0 events imported"), third::toString);
            ToolRun appended = run(new ImportCommand(), log, file.toString(), "--append");
            assertTrue(appended.err().contains(": 0 events imported"), appended::toString);
            assertEquals(all, target.records());
        }
    }

    @Test
    void whatIsWrittenIsItsOwnersOnlyAndThereWhenItIsWhole() throws Exception {
        UserKey user = UserKey.of("alice");
        try (TestLog log = log()) {
            for (byte[] event : SampleRun.of(user, "t", "one", 5)) {
                log.put(user, event);
            }
            log.flush();
            Path exported = directory.resolve("alice.jsonl");
            Path page = directory.resolve("one.html");
            assertEquals(
                    0, run(new ExportCommand(), log, "-o", exported.toString()).code());
            assertEquals(
                    0,
                    run(new TimelineCommand(), log, "--user", "alice", "--run", "one", "-o", page.toString())
                            .code());
            for (Path each : List.of(exported, page)) {
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(each)));
            }
            String whole = Files.readString(exported);

            // What cannot be exported leaves what was there, and nothing beside it.
            ToolRun failed = run(new ExportCommand(), log, "--redact", "/event", "-o", exported.toString());
            assertEquals(1, failed.code(), failed::toString);
            assertTrue(
                    failed.err().startsWith("export: an event cannot be kept with what --redact leaves of it"),
                    failed::toString);
            assertEquals(1, failed.err().lines().count(), failed::toString);
            assertEquals(15, whole.lines().count());
            assertEquals(whole, Files.readString(exported));
            ToolRun refused = run(new ExportCommand(), log, "-o", directory.toString());
            assertEquals(1, refused.code(), refused::toString);
            assertEquals(1, refused.err().lines().count(), refused::toString);
            try (Stream<Path> files = Files.list(directory)) {
                assertEquals(2, files.filter(each -> !Files.isDirectory(each)).count());
            }
        }
    }
}
