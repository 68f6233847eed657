package dev.heddle.edge;

import dev.heddle.role.RoleCommand;
import dev.heddle.role.RunningRole;
import dev.heddle.role.ServerOptions;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command {@code heddle edge}. */
@Command(name = "edge", description = "Serve users their events over WebSocket.")
public final class EdgeCommand extends RoleCommand<EdgeConfig> {

    @Mixin
    private final ServerOptions options = new ServerOptions();

    public EdgeCommand() {
        super(EdgeConfig.class, EdgeConfig.defaults());
    }

    @Override
    protected List<String> options() {
        return options.settings();
    }

    @Override
    protected RunningRole start(EdgeConfig config) {
        Edge edge = Edge.start(config, List.of());
        String scheme = config.http().tls().serves() ? "https" : "http";
        return RunningRole.at(edge, scheme, config.http().host(), edge.port());
    }
}
