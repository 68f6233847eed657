package dev.heddle.local.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The repository that this test runs in: where its sources and its {@code docs} are. */
final class SourceTree {
    private static final List<String> MODULES = List.of(
            "event-schema",
            "process/log-client",
            "process/command-line",
            "process/role",
            "process/tracing",
            "ws-edge",
            "producer-agents/agents",
            "producer-agents/executor",
            "producer-agents/http-ingest",
            "producer-agents/langchain4j",
            "replay-tool");

    private final Path root;

    private SourceTree(Path root) {
        this.root = root;
    }

    /** The one around the working directory, which is the module's, or the root's in an IDE. */
    static SourceTree find() {
        Path at = Path.of("").toAbsolutePath();
        while (at != null && !Files.isDirectory(at.resolve(MODULES.get(0)))) {
            at = at.getParent();
        }
        if (at == null) {
            throw new AssertionError("no source tree around " + Path.of("").toAbsolutePath());
        }
        return new SourceTree(at);
    }

    /** Where a page of this name is committed. */
    Path page(String name) {
        return root.resolve("docs").resolve(name);
    }

    /** The source of the file that this class, or the one around it, is in. */
    String source(Class<?> type) {
        String file = "src/main/java/" + type.getName().replaceAll("\\$.*", "").replace('.', '/') + ".java";
        for (String module : MODULES) {
            Path path = root.resolve(module).resolve(file);
            if (Files.exists(path)) {
                return read(path);
            }
        }
        throw new AssertionError("no source of " + type);
    }

    static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
