package dev.heddle.executor;

import static java.util.Objects.requireNonNull;

import dev.heddle.config.InvalidSettingException;
import dev.heddle.config.Settings;
import dev.heddle.process.ExitCode;
import dev.heddle.process.KafkaOptions;
import dev.heddle.process.ProcessFailedException;
import dev.heddle.process.UntilStopped;
import dev.heddle.process.VisibleText;
import dev.heddle.topic.TopicException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heddle executor}: runs agents until the process is asked to stop. */
@Command(
        name = "executor",
        mixinStandardHelpOptions = true,
        description = "Runs agents; prints \"ready\" when it takes commands.",
        footer = {
            "",
            "Settings come from the defaults, then --config, then HEDDLE_EXECUTOR_… variables, then --set and the other options.",
            "'heddle config executor' prints them all."
        })
public final class ExecutorCommand implements Callable<Integer> {

    @Mixin
    private final KafkaOptions kafka = new KafkaOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--management-port",
            paramLabel = "N",
            description = "health and metrics; 0 for any free port, -1 for none")
    private @Nullable Integer managementPort;

    @Override
    public Integer call() {
        PrintWriter out = requireNonNull(spec).commandLine().getOut();
        PrintWriter err = requireNonNull(spec).commandLine().getErr();
        try {
            Executor executor = Executor.start(settings());
            return UntilStopped.serve(
                    executor,
                    () -> {
                        var unused = executor.ready().thenRun(() -> {
                            out.println("ready");
                            out.flush();
                        });
                    },
                    executor.ended().handle(ExecutorCommand::reason));
        } catch (InvalidSettingException e) {
            err.println("heddle executor: " + VisibleText.line(e.getMessage()));
            return ExitCode.USAGE;
        } catch (ConfigException e) {
            err.println(
                    "heddle executor: setting kafka.properties: " + VisibleText.line(String.valueOf(e.getMessage())));
            return ExitCode.USAGE;
        } catch (ProcessFailedException | IllegalStateException | TopicException | KafkaException e) {
            err.println("heddle executor: " + VisibleText.line(e.getMessage()));
            return ExitCode.FAILED;
        } catch (UncheckedIOException e) {
            err.println("heddle executor: "
                    + VisibleText.line(
                            e.getMessage() + ": " + requireNonNull(e.getCause()).getMessage()));
            return ExitCode.FAILED;
        }
    }

    private static Throwable reason(@Nullable Void done, @Nullable Throwable broken) {
        Throwable cause = broken instanceof CompletionException ? broken.getCause() : broken;
        return cause == null ? new IllegalStateException("it ended by itself") : cause;
    }

    private ExecutorConfig settings() {
        List<String> options = managementPort == null ? List.of() : List.of("management.port=" + managementPort);
        return Settings.load(ExecutorConfig.class, ExecutorConfig.defaults(), kafka.sources("executor", options));
    }
}
