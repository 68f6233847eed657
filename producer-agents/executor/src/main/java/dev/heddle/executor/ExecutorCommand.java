package dev.heddle.executor;

import dev.heddle.role.RoleCommand;
import dev.heddle.role.RunningRole;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code heddle executor}. */
@Command(name = "executor", description = "Runs agents; prints \"ready\" when it takes commands.")
public final class ExecutorCommand extends RoleCommand<ExecutorConfig> {

    @Option(
            names = "--management-port",
            paramLabel = "N",
            description = "health and metrics; 0 for any free port, -1 for none")
    private @Nullable Integer managementPort;

    public ExecutorCommand() {
        super(ExecutorConfig.class, ExecutorConfig.defaults());
    }

    @Override
    protected List<String> options() {
        return managementPort == null ? List.of() : List.of("management.port=" + managementPort);
    }

    @Override
    protected RunningRole start(ExecutorConfig config) {
        Executor executor = Executor.start(config);
        return new RunningRole(
                executor,
                executor.ready().thenApply(done -> ""),
                executor.ended().handle(ExecutorCommand::reason));
    }

    private static Throwable reason(@Nullable Void done, @Nullable Throwable broken) {
        Throwable cause = broken instanceof CompletionException ? broken.getCause() : broken;
        return cause == null ? new IllegalStateException("it ended by itself") : cause;
    }
}
