package dev.heddle.replay;

import dev.heddle.event.Partitioning;
import dev.heddle.event.UserKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code heddle replay}: a user's events, from somewhere to what is the end now. */
@Command(name = "replay", description = "Print a user's events up to now.")
public final class ReplayCommand implements Callable<Integer> {
    @Mixin
    private final LogOptions options = new LogOptions();

    @Option(names = "--user", required = true, paramLabel = "U", description = "whose events")
    private String user = "";

    @Option(
            names = "--from",
            paramLabel = "WHERE",
            defaultValue = "earliest",
            description = "earliest, latest, an ISO-8601 instant or last:N (default: ${DEFAULT-VALUE})")
    private String from = "earliest";

    @Option(names = "--cursor", paramLabel = "C", description = "what comes after this cursor; beats --from")
    private @Nullable String cursor;

    @Override
    public Integer call() {
        UserKey key = options.user(user);
        return options.run(log -> replay(log, key));
    }

    private void replay(LogReader log, UserKey key) {
        StartPoint start = StartPoint.parse(from, cursor);
        int partition = Partitioning.partitionOf(key, log.generation().partitions());
        long end = log.latest(partition);
        long begin = start.resolve(log, key, partition);
        EventPrinter printer = options.printer(key);
        if (start instanceof StartPoint.Last last) {
            Deque<byte[]> kept = new ArrayDeque<>();
            log.scan(partition, begin, end, record -> {
                printer.line(record).ifPresent(line -> keep(kept, line, last.count()));
                return true;
            });
            kept.forEach(printer::print);
        } else {
            log.scan(partition, begin, end, record -> printer.line(record)
                    .map(printer::print)
                    .orElse(true));
        }
        printer.complaint().ifPresent(options::complain);
    }

    private static void keep(Deque<byte[]> kept, byte[] line, int count) {
        kept.addLast(line);
        if (kept.size() > count) {
            kept.removeFirst();
        }
    }
}
