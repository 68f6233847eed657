package dev.heddle.local;

import dev.heddle.process.VisibleText;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The handler of a usage error, which prints one line with the error and the way to the help. */
final class OneUsageLine implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        String name = command.getCommandSpec().qualifiedName(" ");
        String what = VisibleText.line(String.valueOf(failure.getMessage()));
        command.getErr().println(name + ": " + what + " (see " + name + " --help)");
        UnmatchedArgumentException.printSuggestions(failure, command.getErr());
        command.getErr().flush();
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }
}
