package dev.heddle.ingest;

import dev.heddle.role.RoleCommand;
import dev.heddle.role.RunningRole;
import dev.heddle.role.ServerOptions;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command {@code heddle ingest}. */
@Command(name = "ingest", description = "Take events over HTTP, from executors in any language.")
public final class IngestCommand extends RoleCommand<IngestConfig> {

    @Mixin
    private final ServerOptions options = new ServerOptions();

    public IngestCommand() {
        super(IngestConfig.class, IngestConfig.defaults());
    }

    @Override
    protected List<String> options() {
        return options.settings();
    }

    @Override
    protected RunningRole start(IngestConfig config) {
        Ingest ingest = Ingest.start(config);
        return RunningRole.at(ingest, "http", config.http().host(), ingest.port());
    }
}
