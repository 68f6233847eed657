package dev.heddle.replay;

import dev.heddle.event.Cursor;
import dev.heddle.event.UserKey;
import dev.heddle.replay.inspect.CursorReport;
import dev.heddle.replay.inspect.LogReport;
import dev.heddle.replay.inspect.PartitionStatistics;
import dev.heddle.replay.inspect.TopicFacts;
import dev.heddle.replay.inspect.UserReport;
import dev.heddle.replay.log.LogConsumer;
import dev.heddle.replay.log.OffsetRange;
import dev.heddle.replay.log.PartitionSweep;
import dev.heddle.replay.log.RangeBound;
import dev.heddle.replay.output.EventFilter;
import dev.heddle.replay.output.EventPrinter;
import dev.heddle.replay.output.Progress;
import dev.heddle.replay.output.Redaction;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code heddle inspect}: prints a report on the log, a user, or a cursor. */
@Command(
        name = "inspect",
        description = {
            "Tell what there is: topics, partitions, sizes, retention, users and events of each partition, schemas in use,"
                    + " index coverage, records that cannot be read.",
            "With --cursor: what a cursor says and whether this log can go on from it. With --user: where a user's events"
                    + " are, and which."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  heddle inspect",
            "  heddle inspect --quick --json",
            "  heddle inspect --cursor \"$CURSOR\" --user alice",
            "  heddle inspect --user alice"
        })
public final class InspectCommand implements Callable<Integer> {
    @Mixin
    private final ToolOptions options = new ToolOptions();

    @Option(names = "--user", paramLabel = "U", description = "this user's part; with --cursor, whether it is theirs")
    private @Nullable String user;

    @Option(names = "--cursor", paramLabel = "C", description = "the cursor to explain")
    private @Nullable String cursor;

    @Option(names = "--quick", description = "read no record of the log: no users, schemas, nor what cannot be read")
    private boolean quick;

    @Override
    public Integer call() {
        return options.onLog(() -> {
            UserKey key = user == null ? null : ToolOptions.user(user);
            Redaction redaction = options.redaction();
            if (cursor == null) {
                return key == null ? this::log : log -> user(log, key, redaction);
            }
            Cursor explained = RangeBound.cursor(cursor);
            return log -> {
                CursorReport report = new CursorReport(explained, key, log);
                report.print(ToolOptions.out(), options.isJson());
                return report.isGood() ? 0 : 1;
            };
        });
    }

    private int user(LogConsumer log, UserKey key, Redaction redaction) {
        EventPrinter reader = options.printer(EventFilter.NONE);
        UserReport report = UserReport.of(log, key, reader, redaction);
        if (report.events() == 0) {
            options.complain("the log holds no event of user " + key.value());
            return 1;
        }
        report.print(ToolOptions.out(), options.isJson());
        return 0;
    }

    private int log(LogConsumer log) {
        List<OffsetRange> extents = log.extents(log.allPartitions());
        List<PartitionStatistics> partitions;
        try (Progress progress = options.progress("offsets")) {
            progress.expect(extents.stream().mapToLong(OffsetRange::length).sum());
            partitions = PartitionSweep.of(log)
                    .each(
                            extents,
                            (reader, offsets) -> quick
                                    ? PartitionStatistics.ofIndex(reader, offsets)
                                    : PartitionStatistics.of(reader, offsets, progress));
        }
        partitions = partitions.stream()
                .sorted(Comparator.comparingInt(each -> each.offsets().partition()))
                .toList();
        List<TopicFacts> topics = log.ask(admin -> TopicFacts.of(admin, log.topic()));
        new LogReport(log.topic(), topics, partitions).print(ToolOptions.out(), options.isJson());
        return 0;
    }
}
