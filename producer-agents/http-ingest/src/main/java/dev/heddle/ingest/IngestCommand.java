package dev.heddle.ingest;

import static java.util.Objects.requireNonNull;

import dev.heddle.auth.UnusableKeysException;
import dev.heddle.config.InvalidSettingException;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsSources;
import dev.heddle.process.ExitCode;
import dev.heddle.process.KafkaOptions;
import dev.heddle.process.UntilStopped;
import dev.heddle.process.VisibleText;
import dev.heddle.topic.TopicException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heddle ingest}: takes events over HTTP until the process is told to stop. */
@Command(
        name = "ingest",
        mixinStandardHelpOptions = true,
        description = "Take events over HTTP, from executors in any language.",
        footer = {
            "",
            "Settings come from the defaults, then --config, then HEDDLE_INGEST_… variables, then --set and the other options.",
            "'heddle config ingest' prints them all."
        })
public final class IngestCommand implements Callable<Integer> {

    @Mixin
    private final KafkaOptions kafka = new KafkaOptions();

    @Option(names = "--port", paramLabel = "N", description = "The public port; 0 takes a free one.")
    private @Nullable Integer port;

    @Option(
            names = "--management-port",
            paramLabel = "N",
            description = "The port of health and metrics; 0 takes a free one.")
    private @Nullable Integer managementPort;

    @Option(names = "--key", paramLabel = "FILE", description = "The JWK set to verify tokens with.")
    private @Nullable String key;

    @Spec
    private @Nullable CommandSpec spec;

    /** The effective configuration of these sources. */
    public static IngestConfig load(SettingsSources sources) {
        return Settings.load(IngestConfig.class, IngestConfig.defaults(), sources);
    }

    @Override
    public Integer call() {
        PrintWriter err = requireNonNull(spec).commandLine().getErr();
        try {
            IngestConfig config = load(kafka.sources("ingest", options()));
            Ingest ingest = Ingest.start(config);
            return UntilStopped.serve(ingest, () -> ready(ingest, config), new CompletableFuture<Throwable>());
        } catch (InvalidSettingException e) {
            err.println("heddle ingest: " + VisibleText.line(e.getMessage()));
            return ExitCode.USAGE;
        } catch (UnusableKeysException | IngestStartException | TopicException e) {
            err.println("heddle ingest: " + VisibleText.line(e.getMessage()));
            return ExitCode.FAILED;
        }
    }

    private List<String> options() {
        List<String> all = new ArrayList<>();
        add(all, "http.port", port);
        add(all, "management.port", managementPort);
        add(all, "auth.keys", key);
        return all;
    }

    private static void add(List<String> sets, String name, @Nullable Object value) {
        if (value != null) {
            sets.add(name + "=" + value);
        }
    }

    private void ready(Ingest ingest, IngestConfig config) {
        String host = config.http().host().equals("0.0.0.0")
                ? "127.0.0.1"
                : config.http().host();
        PrintWriter out = requireNonNull(spec).commandLine().getOut();
        out.println("ready http://" + host + ":" + ingest.port());
        out.flush();
    }
}
