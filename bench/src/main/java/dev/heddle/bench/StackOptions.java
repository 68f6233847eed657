package dev.heddle.bench;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The command line options for the processes, the same for every suite. */
final class StackOptions {
    @Option(
            names = "--partitions",
            defaultValue = "64",
            paramLabel = "N",
            description = "partitions of the log (default: ${DEFAULT-VALUE})")
    private int partitions;

    @Option(
            names = "--profile",
            defaultValue = "latency",
            paramLabel = "NAME",
            description =
                    "latency, or throughput: publisher and readers wait 5 ms for more (default: ${DEFAULT-VALUE})")
    private String profile = "";

    @Option(
            names = "--linger",
            paramLabel = "MS",
            description = "how long the publisher waits for more (default: the profile's)")
    private @Nullable Integer linger;

    @Option(
            names = "--edge-jvm",
            defaultValue = "-Xmx1g",
            paramLabel = "OPTIONS",
            description = "the edge's and the floors' JVM options, with spaces between (default: ${DEFAULT-VALUE})")
    private String edgeJvm = "";

    @Option(
            names = "--kafka-jvm",
            defaultValue = "-Xmx1g",
            paramLabel = "OPTIONS",
            description = "Kafka's JVM options (default: ${DEFAULT-VALUE})")
    private String kafkaJvm = "";

    @Option(names = "--edge-set", paramLabel = "KEY=VALUE", description = "one setting of the edge; may be repeated")
    private List<String> edgeSets = new ArrayList<>();

    @Option(
            names = "--logs",
            paramLabel = "DIR",
            description = "keep what the processes and their collectors say in this directory")
    private @Nullable Path logs;

    @ArgGroup(
            exclusive = false,
            heading =
                    "%nA stack that runs already, instead of processes of its own (delivery, saturation and rolling only):%n")
    private @Nullable RunningStack running;

    /** The addresses and signing key of a stack that runs already. */
    static final class RunningStack {
        @Option(names = "--edge", required = true, paramLabel = "URL", description = "its edge: http://HOST:PORT")
        @SuppressWarnings("NullAway.Init") // Set by picocli, for they are required.
        private URI edge;

        @Option(names = "--bootstrap", required = true, paramLabel = "HOST:PORT", description = "its Kafka")
        @SuppressWarnings("NullAway.Init")
        private String bootstrap;

        @Option(
                names = "--key",
                required = true,
                paramLabel = "FILE",
                description = "the private JWK set that its tokens are signed with")
        @SuppressWarnings("NullAway.Init")
        private Path key;

        URI edge() {
            return edge;
        }

        String bootstrap() {
            return bootstrap;
        }

        Path key() {
            return key;
        }
    }

    /** Fails if a running stack was given; called by a suite that needs its own processes. */
    void requireOwn() {
        if (running != null) {
            throw new BenchFailedException("this suite starts its own processes: leave --edge out");
        }
    }

    /** The running stack; fails if none was given. Called by a suite that starts no stack. */
    RunningStack requireRunning() {
        if (running == null) {
            throw new BenchFailedException("this suite has no stack of its own: give --edge, --bootstrap and --key");
        }
        return running;
    }

    /** The stack to measure, or null to start one. */
    @Nullable
    RunningStack running() {
        return running;
    }

    int partitions() {
        return partitions;
    }

    Profile profile() {
        try {
            return Profile.valueOf(profile.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new BenchFailedException("--profile is latency or throughput, not " + profile, e);
        }
    }

    int lingerMillis() {
        return linger == null ? profile().lingerMillis() : linger;
    }

    List<String> edgeJvm() {
        return words(edgeJvm);
    }

    List<String> kafkaJvm() {
        return words(kafkaJvm);
    }

    /** The profile's settings, then those of the command line, which win. */
    List<String> edgeSettings() {
        List<String> all = new ArrayList<>(profile().edgeSettings());
        all.addAll(edgeSets);
        return all;
    }

    @Nullable
    Path logs() {
        return logs;
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split(" ")).filter(word -> !word.isEmpty()).toList();
    }

    /** Adds the chosen options to a report's parameters. */
    void describe(Map<String, String> parameters) {
        parameters.put("partitions", Integer.toString(partitions));
        parameters.put("profile", profile);
        parameters.put("linger", lingerMillis() + " ms");
        if (running != null) {
            parameters.put("stack", "runs already: " + running.edge() + ", Kafka at " + running.bootstrap());
            return;
        }
        parameters.put("edge JVM", edgeJvm);
        parameters.put("Kafka JVM", kafkaJvm);
        if (!edgeSettings().isEmpty()) {
            parameters.put("edge settings", String.join(" ", edgeSettings()));
        }
    }
}
