package dev.heddle.bench;

import dev.heddle.token.KeyFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code heddle bench} command line. */
@Command(
        name = "heddle bench",
        description = "Measures what Heddle delivers on this machine, beside what the same costs without it.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed, or a promise was broken", "2:used wrongly"})
public final class Bench implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before run().
    private CommandSpec spec;

    private Bench() {}

    /** Runs one suite and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine(EdgeProgram.heddle()).execute(arguments));
    }

    /** The command line with another edge, which only tests have. */
    static CommandLine commandLine(EdgeProgram program) {
        CommandLine line = new CommandLine(new Bench());
        line.addSubcommand(new DeliverySuite(program));
        line.addSubcommand(new SaturationSuite(program));
        line.addSubcommand(new IdleSuite(program));
        line.addSubcommand(new ReplaySuite(program));
        line.addSubcommand(new SlowSuite(program));
        line.addSubcommand(new StormSuite(program));
        line.addSubcommand(new RollingSuite(program));
        return line.setExecutionExceptionHandler(Bench::oneLine);
    }

    private static int oneLine(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        if (failure instanceof BenchFailedException || failure instanceof KeyFileException) {
            command.getErr().println(command.getCommandSpec().qualifiedName(" ") + ": " + failure.getMessage());
        } else {
            failure.printStackTrace(command.getErr());
        }
        command.getErr().flush();
        return command.getCommandSpec().exitCodeOnExecutionException();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which suite?");
    }
}
