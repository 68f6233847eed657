package dev.heddle.role;

import static java.util.Objects.requireNonNull;

import dev.heddle.config.InvalidSettingException;
import dev.heddle.config.Settings;
import dev.heddle.process.ExitCode;
import dev.heddle.process.KafkaOptions;
import dev.heddle.process.UntilStopped;
import dev.heddle.process.VisibleText;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The command {@code heddle ROLE}: it loads the role's settings, starts the role, prints {@code ready} when it serves,
 * and blocks until a signal stops it. A failure is one line on standard error and an {@link ExitCode}. The command's
 * name is the role's name in settings and variables.
 *
 * @param <C> the role's settings
 */
@Command(mixinStandardHelpOptions = true)
public abstract class RoleCommand<C extends Record> implements Callable<Integer> {

    @Mixin
    private final KafkaOptions kafka = new KafkaOptions();

    private final Class<C> type;
    private final C defaults;
    private @Nullable CommandSpec spec;

    protected RoleCommand(Class<C> type, C defaults) {
        this.type = type;
        this.defaults = defaults;
    }

    /**
     * Starts the role.
     *
     * @throws RuntimeException with one line, when the role cannot start; nothing is left running then
     */
    protected abstract RunningRole start(C config);

    /** The settings of the role's own options, as {@code key=value}. */
    protected abstract List<String> options();

    @Spec
    final void describe(CommandSpec own) {
        spec = own;
        String role = role();
        own.usageMessage()
                .footer(
                        "",
                        "Settings come from the defaults, then --config, then HEDDLE_" + role.toUpperCase(Locale.ROOT)
                                + "_… variables, then --set and the other options.",
                        "'heddle config " + role + "' prints them all.");
    }

    /** The role's name, from the annotation, since it is needed before picocli has read the subclass. */
    private String role() {
        return requireNonNull(getClass().getAnnotation(Command.class)).name();
    }

    @Override
    public final Integer call() {
        try {
            RunningRole running = start(Settings.load(type, defaults, kafka.sources(role(), options())));
            return UntilStopped.serve(running.closing(), () -> announce(running), running.failure());
        } catch (InvalidSettingException e) {
            return fail(ExitCode.USAGE, e.getMessage());
        } catch (ConfigException e) {
            return fail(ExitCode.USAGE, "setting kafka.properties: " + e.getMessage());
        } catch (RuntimeException e) {
            // Not a constant: a usage error need not wait for logging to start.
            LoggerFactory.getLogger(RoleCommand.class)
                    .atDebug()
                    .setCause(e)
                    .addKeyValue("role", role())
                    .log("A role failed");
            return fail(ExitCode.FAILED, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private int fail(int exitCode, @Nullable String reason) {
        commandLine().getErr().println("heddle " + role() + ": " + VisibleText.line(reason));
        return exitCode;
    }

    private void announce(RunningRole running) {
        var unused = running.ready().thenAccept(address -> {
            commandLine().getOut().println(address.isEmpty() ? "ready" : "ready " + address);
            commandLine().getOut().flush();
        });
    }

    private CommandLine commandLine() {
        return requireNonNull(spec).commandLine();
    }
}
