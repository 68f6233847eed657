package dev.heddle.replay;

import dev.heddle.event.UserKey;
import dev.heddle.replay.log.Range;
import dev.heddle.replay.log.RangeBound;
import dev.heddle.replay.log.UserEvents;
import dev.heddle.replay.log.UserEvents.Skipping;
import dev.heddle.replay.output.EventFilter;
import dev.heddle.replay.output.EventPrinter;
import dev.heddle.replay.output.ItemJoiner;
import dev.heddle.replay.output.ItemJoiner.Shown;
import dev.heddle.replay.output.Progress;
import dev.heddle.replay.output.ReplayPace;
import dev.heddle.topic.PartitionPass;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code heddle replay}: prints a user's events, from a given position to the present end. */
@Command(
        name = "replay",
        description = {
            "Print a user's events up to now, in order.",
            "With --json each line is an ITEM, in the very bytes that the user's socket got."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  heddle replay --user alice --from last:20",
            "  heddle replay --user alice --from 2026-01-31T12:00:00Z --types 'RUN_*,TOOL_CALL_*'",
            "  heddle replay --user alice --run run-7 --fold --json",
            "  heddle replay --user alice --cursor \"$CURSOR\" --speed 10x"
        })
public final class ReplayCommand implements Callable<Integer> {
    @Mixin
    private final ToolOptions options = new ToolOptions();

    @Mixin
    private final FilterOptions filter = new FilterOptions();

    @Option(names = "--user", required = true, paramLabel = "U", description = "whose events")
    private String user = "";

    @Option(
            names = "--from",
            paramLabel = "WHERE",
            defaultValue = "earliest",
            description = "earliest, latest, an ISO-8601 instant (by the time of appending), offset:N in the user's"
                    + " partition, or last:N of the events that are wanted (default: ${DEFAULT-VALUE})")
    private String from = "earliest";

    @Option(
            names = "--to",
            paramLabel = "WHERE",
            defaultValue = "latest",
            description = "what it ends before: latest, an instant or offset:N (default: ${DEFAULT-VALUE})")
    private String to = "latest";

    @Option(names = "--cursor", paramLabel = "C", description = "what comes after this cursor; beats --from")
    private @Nullable String cursor;

    @Option(
            names = "--speed",
            paramLabel = "X",
            defaultValue = "max",
            description = "1x as they were appended, 10x ten times as fast, max at once (default: ${DEFAULT-VALUE})")
    private String speed = "max";

    @Option(names = "--fold", description = "neighbouring deltas of one message as one")
    private boolean fold;

    @Option(names = "--no-index", description = "read all of the partition, and skip nothing")
    private boolean noIndex;

    @Override
    public Integer call() {
        return options.onLog(() -> {
            UserKey key = ToolOptions.user(user);
            Range range = new Range(RangeBound.begin(from, cursor), RangeBound.end(to));
            ReplayPace pace = ReplayPace.parse(speed, LockSupport::parkNanos);
            EventPrinter printer = options.printer(filter.filter());
            Skipping skipping = noIndex ? Skipping.NEVER : Skipping.BY_INDEX;
            return log -> replay(UserEvents.between(log, key, range, skipping), range, pace, printer);
        });
    }

    private int replay(UserEvents events, Range range, ReplayPace pace, EventPrinter printer) {
        Predicate<Shown> print = shown -> {
            pace.await(shown.appended());
            return printer.print(events.user(), shown.item());
        };
        ItemJoiner joiner = new ItemJoiner(print);
        Predicate<Shown> out = fold ? joiner::take : print;
        boolean any = range.from() instanceof RangeBound.Last last
                ? printLast(events, last.count(), printer, out)
                : printAll(events, printer, out);
        joiner.flush();
        if (!any && filter.filter().equals(EventFilter.NONE) && isEverything(range)) {
            options.complain("the log holds no event of user " + user + " (partition "
                    + events.offsets().partition() + ", offsets "
                    + events.offsets().from() + " to "
                    + events.offsets().to() + ")");
            return 1;
        }
        return 0;
    }

    private static boolean isEverything(Range range) {
        return range.to() instanceof RangeBound.Latest
                && (range.from() instanceof RangeBound.Earliest || range.from() instanceof RangeBound.Last);
    }

    /** Prints the last {@code count} readable events that pass the filter; returns true if there was any record. */
    private static boolean printLast(UserEvents events, int count, EventPrinter printer, Predicate<Shown> out) {
        boolean[] any = {false};
        List<Shown> last = events.last(count, record -> {
            any[0] = true;
            return printer.event(record);
        });
        for (Shown shown : last) {
            if (!out.test(shown)) {
                break;
            }
        }
        return any[0];
    }

    private boolean printAll(UserEvents events, EventPrinter printer, Predicate<Shown> out) {
        boolean[] any = {false};
        try (Progress progress = options.progress("offsets")) {
            progress.expect(events.offsets().length());
            events.visit(new PartitionPass.Visitor() {
                private long at = events.offsets().from();

                @Override
                public boolean visit(ConsumerRecord<byte[], byte[]> record) {
                    any[0] = true;
                    return printer.event(record).map(out::test).orElse(true);
                }

                @Override
                public long reached(long offset) {
                    progress.add(offset - at);
                    at = offset;
                    return offset;
                }
            });
        }
        return any[0];
    }
}
