package dev.heddle.edge;

import dev.heddle.config.InvalidSettingException;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsSources;
import dev.heddle.process.ExitCode;
import dev.heddle.process.KafkaOptions;
import dev.heddle.process.UntilStopped;
import dev.heddle.process.VisibleText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heddle edge}: runs an edge until the process is told to stop. */
@Command(
        name = "edge",
        mixinStandardHelpOptions = true,
        description = "Serve users their events over WebSocket.",
        footer = {
            "",
            "Settings come from the defaults, then --config, then HEDDLE_EDGE_… variables, then --set and the other options.",
            "'heddle config edge' prints them all."
        })
public final class EdgeCommand implements Callable<Integer> {

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
    public static EdgeConfig load(SettingsSources sources) {
        return Settings.load(EdgeConfig.class, EdgeConfig.defaults(), sources);
    }

    @Override
    public Integer call() {
        PrintWriter err = commandLine().getErr();
        try {
            EdgeConfig config = load(kafka.sources("edge", options()));
            Edge edge = Edge.start(config, List.of());
            return UntilStopped.serve(edge, () -> ready(edge, config), new CompletableFuture<Throwable>());
        } catch (InvalidSettingException e) {
            err.println("heddle edge: " + VisibleText.line(e.getMessage()));
            return ExitCode.USAGE;
        } catch (RuntimeException e) {
            LoggerFactory.getLogger(EdgeCommand.class).atDebug().setCause(e).log("The edge did not start");
            err.println("heddle edge: " + VisibleText.line((e.getMessage() == null ? e.toString() : e.getMessage())));
            return ExitCode.FAILED;
        }
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec, "picocli sets it").commandLine();
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

    private void ready(Edge edge, EdgeConfig config) {
        String host = config.http().host().equals("0.0.0.0")
                ? "127.0.0.1"
                : config.http().host();
        PrintWriter out = commandLine().getOut();
        String scheme = config.http().tls().serves() ? "https" : "http";
        out.println("ready " + scheme + "://" + host + ":" + edge.port());
        out.flush();
    }
}
