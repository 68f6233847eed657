package dev.heddle.local;

import dev.heddle.edge.EdgeCommand;
import dev.heddle.executor.ExecutorCommand;
import dev.heddle.executor.publish.PublishCommand;
import dev.heddle.ingest.IngestCommand;
import dev.heddle.replay.CompletionCommand;
import dev.heddle.replay.ExportCommand;
import dev.heddle.replay.ImportCommand;
import dev.heddle.replay.InspectCommand;
import dev.heddle.replay.ReplayCommand;
import dev.heddle.replay.RepublishCommand;
import dev.heddle.replay.RunsCommand;
import dev.heddle.replay.TailCommand;
import dev.heddle.replay.TimelineCommand;
import dev.heddle.replay.VerifyCommand;
import java.util.Objects;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The {@code heddle} command line: one entry for every command of every role. */
@Command(
        subcommands = {
            DevCommand.class,
            KafkaCommand.class,
            TopicsCommand.class,
            AgentsCommand.class,
            ExecutorCommand.class,
            EdgeCommand.class,
            IngestCommand.class,
            PublishCommand.class,
            ReplayCommand.class,
            TailCommand.class,
            InspectCommand.class,
            RunsCommand.class,
            TimelineCommand.class,
            VerifyCommand.class,
            ExportCommand.class,
            ImportCommand.class,
            RepublishCommand.class,
            CompletionCommand.class,
            ConfigCommand.class,
            KeygenCommand.class,
            TokenCommand.class,
            IssuerCommand.class,
            SmokeCommand.class,
            RevokeCommand.class,
            BenchCommand.class,
            WarmCommand.class,
            TrainCommand.class,
            HelpCommand.class,
        })
public final class Heddle extends HeddleRoot {
    private static final Set<String> VERSION = Set.of("--version", "-V");

    private Heddle() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        StandardOutput output = StandardOutput.install();
        String name = arguments.length == 0 ? "help" : arguments[0];
        CommandLine line = Set.of("help", "completion").contains(name) ? commandLine() : commandLine(name);
        int code = line.execute(arguments);
        System.exit(output.judged(code, name));
    }

    /** The command line with every command, for {@code help}, {@code completion} and tests. */
    static CommandLine commandLine() {
        return told(new CommandLine(new Heddle()));
    }

    /**
     * The command line with only the command of this name, or with every command if there is none. Loading all of them
     * takes longer than most commands' work.
     */
    static CommandLine commandLine(String name) {
        if (VERSION.contains(name)) {
            return told(new CommandLine(new HeddleRoot()));
        }
        for (Class<?> command : Objects.requireNonNull(Heddle.class.getAnnotation(Command.class))
                .subcommands()) {
            if (Objects.requireNonNull(command.getAnnotation(Command.class))
                    .name()
                    .equals(name)) {
                return told(new CommandLine(new HeddleRoot()).addSubcommand(name, command));
            }
        }
        return commandLine();
    }

    private static CommandLine told(CommandLine line) {
        return line.setParameterExceptionHandler(new OneUsageLine()).setExecutionExceptionHandler(new OneLine());
    }
}
