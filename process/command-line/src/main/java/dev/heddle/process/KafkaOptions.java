package dev.heddle.process;

import dev.heddle.config.InvalidSettingException;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsSources;
import dev.heddle.config.ToolsConfig;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The options for the Kafka connection and the settings of every command, of roles and tools alike. A later one
 * replaces an earlier one: {@code --config}, the environment, {@code --kafka-properties}, {@code --set},
 * {@code --bootstrap}.
 */
public final class KafkaOptions {
    private static final String TOOLS = "tools";
    private static final String SERVERS = "bootstrap.servers";

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            scope = ScopeType.INHERIT,
            description =
                    "where Kafka is, several with commas (default: what the settings say, or port 9092 of this machine)")
    private @Nullable String bootstrap;

    @Option(names = "--config", paramLabel = "FILE", scope = ScopeType.INHERIT, description = "settings as YAML")
    private @Nullable Path config;

    @Option(
            names = "--kafka-properties",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "properties of Kafka's clients, such as those of SASL and TLS")
    private @Nullable Path properties;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            scope = ScopeType.INHERIT,
            description = "one setting, such as kafka.properties.security.protocol=SSL; may be repeated")
    private List<String> sets = new ArrayList<>();

    /**
     * The sources of a role's settings.
     *
     * @param more the settings of the command's other options, over everything else
     * @throws InvalidSettingException if the file of properties cannot be read
     */
    public SettingsSources sources(String role, List<String> more) {
        List<String> all = new ArrayList<>();
        if (properties != null) {
            all.addAll(read(properties));
        }
        all.addAll(sets);
        if (bootstrap != null) {
            all.add("kafka.bootstrapServers=" + bootstrap);
        }
        all.addAll(more);
        return SettingsSources.of(role, config, all);
    }

    /**
     * The Kafka settings of a command that runs no role.
     *
     * @throws InvalidSettingException with one line, if that is no way
     */
    public KafkaClientSettings forTool() {
        return Settings.load(ToolsConfig.class, ToolsConfig.defaults(), sources(TOOLS, List.of()))
                .kafka();
    }

    /** True if no settings are given, except perhaps the servers. */
    public boolean isPlain(String role) {
        return config == null
                && properties == null
                && sets.isEmpty()
                && !SettingsSources.of(role, null, List.of()).hasVariables();
    }

    /** The servers of the command line, or {@code otherwise} if it names none. */
    public String bootstrapOr(String otherwise) {
        return bootstrap == null ? otherwise : bootstrap;
    }

    /** Reads a file of Kafka properties as settings, one for each property. */
    private static List<String> read(Path file) {
        Properties read = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            read.load(in);
        } catch (NoSuchFileException e) {
            throw new InvalidSettingException("--kafka-properties: there is no file " + file, e);
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidSettingException(
                    "--kafka-properties: " + file + " cannot be read: "
                            + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
                    e);
        }
        List<String> settings = new ArrayList<>();
        for (String key : new TreeSet<>(read.stringPropertyNames())) {
            String setting = key.equals(SERVERS) ? "kafka.bootstrapServers" : "kafka.properties." + key;
            settings.add(setting + "=" + read.getProperty(key));
        }
        return settings;
    }
}
