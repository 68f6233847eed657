package dev.heddle.replay;

import dev.heddle.event.Partitioning;
import dev.heddle.event.UserKey;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code heddle tail}: events as they are appended, until a signal ends it. */
@Command(name = "tail", description = "Print events as they come: a user's, or everybody's.")
public final class TailCommand implements Callable<Integer> {
    @Mixin
    private final LogOptions options = new LogOptions();

    @Option(names = "--user", paramLabel = "U", description = "only this user's events")
    private @Nullable String user;

    @Override
    public Integer call() {
        UserKey key = user == null ? null : options.user(user);
        try (StopSignal signal = StopSignal.heard()) {
            return options.run(log -> {
                signal.then(log::stop);
                tail(log, key);
            });
        }
    }

    private void tail(LogReader log, @Nullable UserKey key) {
        EventPrinter printer = options.printer(key);
        List<Integer> partitions = key == null
                ? log.allPartitions()
                : List.of(Partitioning.partitionOf(key, log.generation().partitions()));
        log.follow(partitions, new RecordVisitor() {
            @Override
            public boolean visit(ConsumerRecord<byte[], byte[]> record) {
                return printer.line(record).map(printer::print).orElse(true);
            }

            @Override
            public void following() {
                options.complain("following " + partitions.size() + " partitions");
            }
        });
        printer.complaint().ifPresent(options::complain);
        options.complain("stopped after " + printer.printed() + " events");
    }
}
