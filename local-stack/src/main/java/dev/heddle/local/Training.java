package dev.heddle.local;

import dev.heddle.event.topic.TopicLayout;
import dev.heddle.kafka.EmbeddedKafkaConfig;
import dev.heddle.token.TokenSigner;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The training of programs that write a cache of classes and method profiles when they end: each runs one command as a
 * process, with a whole stack in this process beside it, and gets a short load. Used by one thread.
 */
final class Training implements AutoCloseable {
    /** The commands that are trained; the names are those of their caches. */
    enum Kind {
        dev("dev"),
        edge("edge"),
        executor("executor"),
        ingest("ingest"),
        tools(TrainCommand.NAME);

        private final String command;

        Kind(String command) {
            this.command = command;
        }

        /** The name of the command that is run. */
        String command() {
            return command;
        }
    }

    /** The most seconds from start to end; the JVM's writing of the cache takes 10 to 30 s of them. */
    private static final int LIMIT_SECONDS = 300;

    private static final int LAST_LINES = 5;
    private static final String READY = "ready";
    private static final String STACK = "stack";
    private static final String OWN_VARIABLES = "HEDDLE_";

    private final Path scratch;
    private final LocalStack stack;

    private Training(Path scratch, LocalStack stack) {
        this.scratch = scratch;
        this.stack = stack;
    }

    /** Starts the stack, in a directory that {@link #close} deletes. */
    static Training prepare() throws Exception {
        Path scratch = Files.createTempDirectory("heddle-training");
        try {
            return new Training(
                    scratch, LocalStack.start(0, new EmbeddedKafkaConfig(scratch.resolve(STACK), 0, 1, Map.of())));
        } catch (Exception | Error e) {
            delete(scratch);
            throw e;
        }
    }

    /**
     * Runs a program as this kind of command, puts it under load, and waits until it has ended.
     *
     * @param program the command line in front of the command's options
     * @param variables added to those of this process; Heddle's own are left out of these
     * @throws CommandFailedException with the program's last words, if it fails
     */
    void run(Kind kind, List<String> program, Map<String, String> variables) throws Exception {
        TrainingLoad load = new TrainingLoad(TokenSigner.read(keys(STACK)));
        if (kind == Kind.tools) {
            load.ofClients(URI.create(stack.url()));
        }
        List<String> command = new ArrayList<>(program);
        command.addAll(options(kind));
        Process process = start(command, variables);
        // A process that hangs is ended, so that the reading of its output ends too.
        CompletableFuture<Process> ended = process.onExit()
                .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
                .exceptionally(late -> process.destroyForcibly());
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            switch (kind) {
                case dev -> {
                    URI url = awaitReady(output);
                    new TrainingLoad(TokenSigner.read(keys(kind.name()))).ofClients(url);
                }
                case edge -> load.ofClients(awaitReady(output));
                case executor -> {
                    awaitReady(output);
                    load.ofClients(URI.create(stack.url()));
                }
                case ingest -> load.ofSender(awaitReady(output));
                case tools -> {}
            }
            if (kind != Kind.tools) {
                process.toHandle().destroy(); // Process.destroy would close the output as well
            }
            output.transferTo(Writer.nullWriter());
            int code = ended.join().waitFor();
            if (code != 0) {
                throw failed("ended with " + code);
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private List<String> options(Kind kind) {
        List<String> kafka = List.of("--bootstrap", stack.bootstrapServers());
        return switch (kind) {
            case dev ->
                List.of(
                        "--port",
                        "0",
                        "--kafka-port",
                        "0",
                        "--data",
                        scratch.resolve(kind.name()).toString());
            case executor -> with(kafka, "--management-port", "0");
            case tools -> kafka;
            case edge, ingest -> {
                TopicLayout layout = TopicLayout.local();
                yield with(
                        kafka,
                        "--port",
                        "0",
                        "--management-port",
                        "0",
                        "--key",
                        keys(STACK).toString(),
                        "--set",
                        "topics.replication=" + layout.replication(),
                        "--set",
                        "topics.minInsyncReplicas=" + layout.minInsyncReplicas());
            }
        };
    }

    private static List<String> with(List<String> first, String... more) {
        List<String> all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return all;
    }

    private Path keys(String data) {
        return scratch.resolve(data).resolve(DataLocation.KEYS);
    }

    private Process start(List<String> command, Map<String, String> variables) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log().toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith(OWN_VARIABLES));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(variables);
        return builder.start();
    }

    /** Waits for the line that a server prints when it serves; returns its URL, which is empty for an executor. */
    private URI awaitReady(BufferedReader output) throws IOException {
        String line = output.readLine();
        if (line == null || !line.startsWith(READY)) {
            throw failed("did not start");
        }
        return URI.create(line.substring(READY.length()).strip());
    }

    private CommandFailedException failed(String how) throws IOException {
        List<String> lines = Files.readAllLines(log());
        return new CommandFailedException("the trained program " + how + ": "
                + String.join(" | ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())));
    }

    private Path log() {
        return scratch.resolve("log");
    }

    @Override
    public void close() throws IOException {
        stack.close();
        delete(scratch);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
