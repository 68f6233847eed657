package dev.heddle.role;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a role with a public port: the two ports, and the keys of its clients' tokens. */
public final class ServerOptions {

    @Option(names = "--port", paramLabel = "N", description = "The public port; 0 takes a free one.")
    private @Nullable Integer port;

    @Option(
            names = "--management-port",
            paramLabel = "N",
            description = "The port of health and metrics; 0 takes a free one.")
    private @Nullable Integer managementPort;

    @Option(names = "--key", paramLabel = "FILE", description = "The JWK set to verify tokens with.")
    private @Nullable String key;

    /** The settings of the given options, as {@code key=value}. */
    public List<String> settings() {
        List<String> settings = new ArrayList<>();
        add(settings, "http.port", port);
        add(settings, "management.port", managementPort);
        add(settings, "auth.keys", key);
        return settings;
    }

    private static void add(List<String> settings, String name, @Nullable Object value) {
        if (value != null) {
            settings.add(name + "=" + value);
        }
    }
}
