package dev.heddle.local;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of the {@code heddle} command line: its help, version and exit codes. */
@Command(
        name = "heddle",
        description = "Delivers what AI agents do to the people they do it for.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = PackagedVersion.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:used wrongly"})
class HeddleRoot implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before run().
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }
}
