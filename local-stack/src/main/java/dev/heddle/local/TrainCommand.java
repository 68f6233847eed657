package dev.heddle.local;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code heddle train}: the short commands in one process, so that one cache can hold them all. It is part of
 * {@link WarmCommand} and not for people. A JVM writes its cache at the end of a process, which runs one command.
 */
@Command(name = TrainCommand.NAME, hidden = true, description = "Run the short commands in one process; see 'warm'.")
final class TrainCommand implements Callable<Integer> {
    static final String NAME = "train";

    @Option(names = "--bootstrap", required = true, paramLabel = "HOST:PORT", description = "where Kafka is")
    private String kafka = "";

    @Override
    public Integer call() throws Exception {
        Path keys = Files.createTempDirectory("heddle-train").resolve("keys.json");
        List<List<String>> commands = List.of(
                List.of("--version"),
                List.of("--help"),
                List.of("nothing"),
                List.of("edge", "--no-such-option"),
                List.of("replay", "--no-such-option"),
                List.of("completion", "bash"),
                List.of("config", "edge"),
                List.of("keygen", "--out", keys.toString()),
                List.of("token", "--user", "nobody", "--key", keys.toString()),
                List.of("runs", "--user", "nobody", "--bootstrap", kafka),
                List.of("replay", "--user", "user-1", "--bootstrap", kafka),
                List.of("replay", "--user", "nobody", "--bootstrap", kafka),
                List.of("verify", "--bootstrap", kafka));
        commands.forEach(TrainCommand::run);
        Files.delete(keys);
        Files.delete(keys.resolveSibling(""));
        return 0;
    }

    private static void run(List<String> arguments) {
        CommandLine line = Heddle.commandLine(arguments.get(0));
        PrintWriter silence = new PrintWriter(Writer.nullWriter());
        line.setOut(silence).setErr(silence).execute(arguments.toArray(String[]::new));
    }
}
