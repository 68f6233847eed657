package dev.heddle.systemtest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Published clients of AG-UI over HTTP: AG-UI's own, 1.0.0 and 0.0.59, and TanStack's. */
@ExtendWith(SharedStack.class)
final class AgUiClientsTest {

    @ParameterizedTest
    @ValueSource(strings = {"1.0.0", "0.0.59"})
    void theClientHoldsAtTheEndWhatItMakesOfTheLog(String version, Stack stack) {
        NodeProgram.run(stack, "agui.mjs", "--version", version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0.0", "0.0.59"})
    void ofAnEdgeKilledInMidRunAnotherTellsTheRest(String version, Stack stack, @TempDir Path directory) {
        try (SecondEdge second = SecondEdge.start(stack, directory)) {
            NodeProgram.run(
                    stack,
                    "agui.mjs",
                    "--version",
                    version,
                    "--second",
                    second.url,
                    "--pid",
                    String.valueOf(second.pid()));
        }
    }

    @Test
    void tanStacksClientSendsItsPostAgainAndIsToldTheRestOfTheOneRun(Stack stack) {
        NodeProgram.run(stack, "tanstack.mjs");
    }

    @Test
    void thePageForFrontendsPrintsWhatItSays(Stack stack) {
        NodeProgram.run(stack, "frontends.mjs");
    }

    /** An edge beside that of the stack, on the same Kafka. */
    private static final class SecondEdge implements AutoCloseable {
        private final Process process;
        private final String url;

        private SecondEdge(Process process, String url) {
            this.process = process;
            this.url = url;
        }

        static SecondEdge start(Stack stack, Path directory) {
            List<String> arguments = new ArrayList<>(List.of("edge", "--bootstrap", stack.bootstrap()));
            arguments.addAll(List.of("--key", stack.keys().toString()));
            for (String setting : List.of(
                    "http.host=127.0.0.1",
                    "http.port=0",
                    "management.host=127.0.0.1",
                    "management.port=0",
                    "topics.replication=1",
                    "topics.minInsyncReplicas=1",
                    "start.rehearsal=0s")) {
                arguments.addAll(List.of("--set", setting));
            }
            try {
                Process process = Cli.process(arguments)
                        .redirectError(directory.resolve("second.log").toFile())
                        .start();
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                String ready = lines.readLine();
                if (ready == null || !ready.startsWith("ready ")) {
                    process.destroyForcibly();
                    throw new AssertionError("the second edge said '" + ready + "'");
                }
                return new SecondEdge(process, ready.substring("ready ".length()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        long pid() {
            return process.pid();
        }

        @Override
        public void close() {
            process.destroyForcibly();
            process.onExit().join();
        }
    }
}
