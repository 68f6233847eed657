package dev.heddle.systemtest;

import dev.heddle.testing.Background;
import dev.heddle.testing.TestJvm;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The {@code heddle} command, each time in a process of its own, with the class path of the tests. */
public final class Cli {
    private static final String MAIN = "dev.heddle.local.Heddle";

    private Cli() {}

    /** What a command printed on each stream, UTF-8, and its exit code. */
    public record Outcome(int exitCode, String out, String err) {
        /** The lines of standard output; fails the test if the command failed. */
        public List<String> lines() {
            if (exitCode != 0) {
                throw new AssertionError("exit code " + exitCode + "\n" + out + err);
            }
            return out.lines().toList();
        }
    }

    /** Runs a command to its end. */
    public static Outcome run(String... arguments) {
        try {
            Process process = process(List.of(arguments)).start();
            process.getOutputStream().close();
            CompletableFuture<String> err = Background.supply(() -> drain(process.getErrorStream()));
            String out = drain(process.getInputStream());
            return new Outcome(process.waitFor(), out, err.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** A command that has not been started yet. */
    public static ProcessBuilder process(List<String> arguments) {
        return TestJvm.program(MAIN, List.of("-Xmx1g"), arguments);
    }

    private static String drain(InputStream stream) {
        try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
