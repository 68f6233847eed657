package dev.heddle.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code heddle warm}: makes the caches of classes and method profiles with which later commands start. A JVM writes a
 * cache when it ends, with what it has learned; here it learns from a {@link Training}.
 *
 * <p>A cache appears under its name when it is complete. Of two processes that make caches at the same time, one waits
 * for the other, and makes only what that one did not.
 */
@Command(
        name = "warm",
        description = {
            "Make the caches with which later commands start faster; once after a build is enough.",
            "Without it, a command that finds no cache of its kind has it made in the background after its end, unless"
                    + " HEDDLE_WARM=off."
        })
final class WarmCommand implements Callable<Integer> {
    /** The names of the caches, with a star for the kind; set by the {@code heddle} script. */
    private static final String CACHES = "heddle.caches";

    /** The variable that makes the {@code heddle} script write a cache instead of using one. */
    private static final String TRAIN = "HEDDLE_TRAIN";

    /** The ending of a file that is newer than its cache as long as nothing writes to that. */
    private static final String WHOLE = ".whole";

    private static final String LOCK = "heddle.warming";

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before call().
    private CommandSpec spec;

    @Parameters(
            paramLabel = "KIND",
            description =
                    "${COMPLETION-CANDIDATES} (default: all); dev also serves 'heddle kafka', tools every other command")
    private List<Training.Kind> kinds = List.of(Training.Kind.values());

    @Option(
            names = "--program",
            paramLabel = "COMMAND",
            description =
                    "train this program once, for an image of one role: a JVM that writes a cache"
                            + " (-XX:AOTCacheOutput=FILE), its main class and command, with blanks between; Heddle adds the options")
    private @Nullable String program;

    @Override
    public Integer call() throws Exception {
        if (program != null) {
            if (kinds.size() != 1) {
                throw new ParameterException(spec.commandLine(), "--program needs one KIND");
            }
            try (Training training = Training.prepare()) {
                training.run(kinds.get(0), List.of(program.strip().split("\\s+")), Map.of());
            }
            return 0;
        }
        Path caches = Path.of(System.getProperty(CACHES, ""));
        Path directory = caches.getParent();
        if (directory == null) {
            throw new CommandFailedException("only ./heddle in a checkout knows where caches belong; see --program");
        }
        if (Files.isWritable(directory)) {
            makeMissing(caches, directory);
        } else {
            say("no cache is made: " + directory + " cannot be written");
        }
        return 0;
    }

    private void makeMissing(Path caches, Path directory) throws Exception {
        FileTime begin = FileTime.from(Instant.now());
        try (FileChannel lock =
                        FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = lock.lock()) {
            List<Training.Kind> missing = kinds.stream()
                    .filter(kind -> !isSince(begin, cache(caches, kind)))
                    .toList();
            if (!held.isValid() || missing.isEmpty()) {
                return;
            }
            try (Training training = Training.prepare()) {
                for (Training.Kind kind : missing) {
                    say("training " + kind);
                    make(training, kind, cache(caches, kind));
                }
            }
        }
    }

    /** Makes a cache beside its place, where a broken one does no harm, and moves it there. */
    private static void make(Training training, Training.Kind kind, Path cache) throws Exception {
        Path unfinished = cache.resolveSibling(cache.getFileName() + ".unfinished");
        Files.deleteIfExists(unfinished);
        String script = Path.of(System.getProperty("heddle.home", ""), "heddle").toString();
        training.run(kind, List.of("sh", script, kind.command()), Map.of(TRAIN, unfinished.toString()));
        if (!Files.exists(unfinished)) {
            throw new CommandFailedException("the JVM made no cache of " + kind + " in its training");
        }
        Files.move(unfinished, cache, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(cache.resolveSibling(cache.getFileName() + WHOLE), "");
    }

    private static Path cache(Path caches, Training.Kind kind) {
        return caches.resolveSibling(caches.getFileName().toString().replace("*", kind.name()));
    }

    private static boolean isSince(FileTime begin, Path cache) {
        try {
            return Files.getLastModifiedTime(cache).compareTo(begin) > 0;
        } catch (IOException e) {
            return false; // there is none
        }
    }

    private void say(String line) {
        spec.commandLine().getErr().println("heddle warm: " + line);
    }
}
