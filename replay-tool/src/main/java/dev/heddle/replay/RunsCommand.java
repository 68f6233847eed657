package dev.heddle.replay;

import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import dev.heddle.replay.log.LogConsumer;
import dev.heddle.replay.log.Range;
import dev.heddle.replay.log.UserEvents;
import dev.heddle.replay.log.UserEvents.Skipping;
import dev.heddle.replay.output.Amounts;
import dev.heddle.replay.output.EventPrinter;
import dev.heddle.replay.output.Redaction;
import dev.heddle.replay.output.Table;
import dev.heddle.replay.runs.RunFacts;
import dev.heddle.replay.runs.RunList;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code heddle runs}: lists a user's runs, one a line. */
@Command(
        name = "runs",
        description = "List a user's runs: status, agent, start, length, tool calls, tokens, attempts.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  heddle runs --user alice",
            "  heddle runs --user alice --from 2026-01-31T12:00:00Z --json | jq 'select(.status == \"error\")'"
        })
public final class RunsCommand implements Callable<Integer> {
    @Mixin
    private final ToolOptions options = new ToolOptions();

    @Mixin
    private final RangeOptions range = new RangeOptions();

    @Mixin
    private final FilterOptions filter = new FilterOptions();

    @Option(names = "--user", required = true, paramLabel = "U", description = "whose runs")
    private String user = "";

    @Override
    public Integer call() {
        return options.onLog(() -> {
            UserKey key = ToolOptions.user(user);
            Range wanted = range.range();
            Redaction redaction = options.redaction();
            return log -> runs(log, key, wanted, redaction);
        });
    }

    private int runs(LogConsumer log, UserKey key, Range wanted, Redaction redaction) {
        EventPrinter reader = options.printer(filter.filter());
        RunList runs = new RunList();
        UserEvents.between(log, key, wanted, Skipping.BY_INDEX).visit(record -> {
            reader.event(record)
                    .ifPresent(shown -> runs.take(
                            redaction.tree(shown.item().json()), Objects.requireNonNull(record.value()).length));
            return true;
        });
        if (runs.runs().isEmpty()) {
            options.complain("no runs of user " + user);
            return 1;
        }
        if (options.isJson()) {
            runs.runs().forEach(run -> ToolOptions.out().println(Json.text(run.json())));
        } else {
            print(runs);
        }
        return 0;
    }

    private static void print(RunList runs) {
        Table table = new Table(
                "RUN", "THREAD", "STATUS", "AGENT", "STARTED", "LENGTH", "EVENTS", "TOOLS", "TOKENS", "ATTEMPTS");
        for (RunFacts run : runs.runs()) {
            table.row(
                    run.runId(),
                    run.threadId(),
                    run.status().word(),
                    Objects.requireNonNullElse(run.agentId(), "-"),
                    Instant.ofEpochMilli(run.startedAt()),
                    Amounts.millis(run.length()),
                    run.events(),
                    run.toolCalls(),
                    run.tokens() == null ? "-" : run.tokens(),
                    run.attempts());
        }
        table.print(ToolOptions.out());
    }
}
