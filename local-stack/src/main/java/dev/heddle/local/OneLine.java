package dev.heddle.local;

import dev.heddle.config.InvalidSettingException;
import dev.heddle.process.ExitCode;
import dev.heddle.process.VisibleText;
import java.net.BindException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * The handler of a failed command, which prints one line on standard error. A failure of an unknown kind is a bug; its
 * line names the place where it arose and the property that shows its stack trace.
 *
 * <p>Known are the exceptions that Heddle's own packages define (their messages are written to be read), Kafka's, and a
 * taken port.
 */
final class OneLine implements IExecutionExceptionHandler {
    private static final String STACK_TRACES = "heddle.stacktraces";
    private static final String OURS = "dev.heddle.";

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        String name = command.getCommandSpec().qualifiedName(" ");
        Throwable known = known(failure);
        if (known == null) {
            if (Boolean.getBoolean(STACK_TRACES)) {
                failure.printStackTrace(command.getErr());
            }
            command.getErr()
                    .println(name + ": failed unexpectedly: " + VisibleText.line(failure + place(failure))
                            + " (JAVA_TOOL_OPTIONS=-D" + STACK_TRACES + "=true shows all of it)");
        } else {
            command.getErr().println(name + ": " + flat(known));
        }
        command.getErr().flush();
        return known instanceof InvalidSettingException ? ExitCode.USAGE : ExitCode.FAILED;
    }

    private static String place(Throwable failure) {
        StackTraceElement[] frames = failure.getStackTrace();
        return frames.length == 0 ? "" : " at " + frames[0];
    }

    /** The outermost cause of a known kind that has a message; null if there is none. */
    private static @Nullable Throwable known(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            boolean explains = each.getClass().getName().startsWith(OURS)
                    || each instanceof KafkaException
                    || each instanceof BindException;
            if (explains && each.getMessage() != null) {
                return each;
            }
        }
        return null;
    }

    private static String flat(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        // "Failed to construct kafka consumer" says nothing without its cause.
        if (failure instanceof KafkaException && failure.getCause() instanceof KafkaException cause) {
            message += ": " + cause.getMessage();
        }
        return VisibleText.line(message);
    }
}
