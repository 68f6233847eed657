package dev.heddle.local;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The option for the local stack's data directory: {@code --data}, or {@code .data} in the project's directory, which
 * the {@code heddle} script passes and git ignores.
 */
final class DataLocation {
    private static final String HOME = "heddle.home";
    /** The signing key's file in the data directory. */
    static final String KEYS = "dev-keys.json";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "where the data are kept and continued (default: .data in the project)")
    private @Nullable Path data;

    Path directory() {
        return data == null ? fallback() : data;
    }

    static Path defaultKeys() {
        return fallback().resolve(KEYS);
    }

    private static Path fallback() {
        return Path.of(System.getProperty(HOME, "")).resolve(".data");
    }
}
