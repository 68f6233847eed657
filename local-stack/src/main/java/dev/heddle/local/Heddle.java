package dev.heddle.local;

import dev.heddle.agents.ExecutorCommand;
import dev.heddle.agents.PublishCommand;
import dev.heddle.edge.EdgeCommand;
import dev.heddle.ingest.IngestCommand;
import dev.heddle.replay.ReplayCommand;
import dev.heddle.replay.TailCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code heddle} command line: one entry for every command of every role. */
@Command(
        name = "heddle",
        description = "Delivers what AI agents do to the people they do it for.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Heddle.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:used wrongly"},
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
            ConfigCommand.class,
            KeygenCommand.class,
            TokenCommand.class,
            RevokeCommand.class,
            BenchCommand.class,
            HelpCommand.class,
        })
public final class Heddle implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before run().
    private CommandSpec spec;

    private Heddle() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command line as {@link #main} runs it, for tests to run in their own process. */
    static CommandLine commandLine() {
        return new CommandLine(new Heddle()).setExecutionExceptionHandler(new OneLine());
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    /** The version that the build wrote into the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Heddle.class.getPackage().getImplementationVersion();
            return new String[] {"heddle " + (version == null ? "(not packaged)" : version)};
        }
    }
}
