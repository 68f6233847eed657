package dev.heddle.replay;

import dev.heddle.replay.output.EventFilter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that filter events. */
final class FilterOptions {
    @Option(names = "--thread", paramLabel = "T", description = "only this thread's events")
    private @Nullable String thread;

    @Option(names = "--run", paramLabel = "R", description = "only this run's events")
    private @Nullable String run;

    @Option(
            names = "--types",
            paramLabel = "TYPE",
            split = ",",
            description = "only these AG-UI types; RUN_* stands for all that begin so")
    private List<String> types = List.of();

    EventFilter filter() {
        return new EventFilter(thread, run, types);
    }
}
