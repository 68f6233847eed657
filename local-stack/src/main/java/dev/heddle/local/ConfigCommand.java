package dev.heddle.local;

import dev.heddle.config.Settings;
import dev.heddle.config.SettingsSources;
import dev.heddle.config.ToolsConfig;
import dev.heddle.edge.EdgeConfig;
import dev.heddle.executor.ExecutorConfig;
import dev.heddle.ingest.IngestConfig;
import dev.heddle.langchain4j.AssistantConfig;
import dev.heddle.replay.ReplayConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle config}: prints a role's effective configuration, every default included. */
@Command(name = "config", description = "Print the effective configuration of a role, with every default, as YAML.")
final class ConfigCommand implements Callable<Integer> {
    /** The roles that have a configuration, by their names on the command line. */
    enum Role {
        edge,
        executor,
        ingest,
        langchain4j,
        replay,
        tools
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before call().
    private CommandSpec spec;

    @Parameters(paramLabel = "ROLE", description = "${COMPLETION-CANDIDATES}")
    private Role role = Role.edge;

    @Option(names = "--config", paramLabel = "FILE", description = "settings as YAML")
    private @Nullable Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "one setting; may be repeated")
    private List<String> sets = List.of();

    @Override
    public Integer call() {
        SettingsSources sources = SettingsSources.of(role.name(), file, sets);
        Record effective =
                switch (role) {
                    case edge -> Settings.load(EdgeConfig.class, EdgeConfig.defaults(), sources);
                    case executor -> Settings.load(ExecutorConfig.class, ExecutorConfig.defaults(), sources);
                    case ingest -> Settings.load(IngestConfig.class, IngestConfig.defaults(), sources);
                    case langchain4j -> Settings.load(AssistantConfig.class, AssistantConfig.defaults(), sources);
                    case replay -> Settings.load(ReplayConfig.class, ReplayConfig.defaults(), sources);
                    case tools -> Settings.load(ToolsConfig.class, ToolsConfig.defaults(), sources);
                };
        spec.commandLine().getOut().print(Settings.describe(effective));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
