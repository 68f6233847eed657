package dev.heddle.replay;

import dev.heddle.event.UserKey;
import dev.heddle.process.UntilStopped;
import dev.heddle.replay.log.LogConsumer;
import dev.heddle.replay.log.UserEvents;
import dev.heddle.replay.output.EventPrinter;
import dev.heddle.topic.EventRecords;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code heddle tail}: prints events as they are appended, until a signal ends it. */
@Command(
        name = "tail",
        description = "Print events as they come, until a signal: a user's, a thread's, or everybody's.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  heddle tail --user alice --thread t1",
            "  heddle tail --types 'RUN_*' --json | jq -r .event.type",
            "  heddle tail --redact /event/delta --redact '/event/input/messages/*/content'"
        })
public final class TailCommand implements Callable<Integer> {
    @Mixin
    private final ToolOptions options = new ToolOptions();

    @Mixin
    private final FilterOptions filter = new FilterOptions();

    @Option(names = "--user", paramLabel = "U", description = "only this user's events")
    private @Nullable String user;

    @Override
    public Integer call() {
        return options.onLog(() -> {
            UserKey key = user == null ? null : ToolOptions.user(user);
            EventPrinter printer = options.printer(filter.filter());
            return log -> {
                UntilStopped.onSignal(log::stop);
                tail(log, key, printer);
                return 0;
            };
        });
    }

    private void tail(LogConsumer log, @Nullable UserKey key, EventPrinter printer) {
        List<Integer> partitions = key == null ? log.allPartitions() : List.of(UserEvents.partitionOf(log, key));
        log.follow(partitions, () -> options.complain("following " + partitions.size() + " partitions"), record -> {
            if (key != null && !Arrays.equals(key.utf8(), record.key())) {
                return true;
            }
            return printer.event(record)
                    .map(shown -> printer.print(EventRecords.user(record), shown.item()))
                    .orElse(true);
        });
        options.complain("stopped after " + printer.printed() + " events");
    }
}
