package dev.heddle.replay;

import dev.heddle.event.UserKey;
import dev.heddle.process.PrivateFile;
import dev.heddle.replay.log.LogConsumer;
import dev.heddle.replay.log.Range;
import dev.heddle.replay.log.UserEvents;
import dev.heddle.replay.log.UserEvents.Skipping;
import dev.heddle.replay.output.EventPrinter;
import dev.heddle.replay.output.Progress;
import dev.heddle.replay.output.Redaction;
import dev.heddle.replay.transfer.EventFile;
import dev.heddle.replay.transfer.FileFormat;
import dev.heddle.replay.transfer.LogExport;
import dev.heddle.topic.PartitionPass;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code heddle export}: writes events to a file. */
@Command(
        name = "export",
        description = {
            "Write a user's events, a range, or all into a file that 'heddle import' takes. Only its owner can read it, and it is"
                    + " there when it is whole.",
            "What cannot be read is told and left out; then the exit code is 1."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  heddle export --user alice -o alice.jsonl",
            "  heddle export --from 2026-01-31T00:00:00Z --to 2026-02-01T00:00:00Z --format avro -o january31.avro",
            "  heddle export --user alice --format cloudevents --redact /event/delta -o to-share.jsonl"
        })
public final class ExportCommand implements Callable<Integer> {
    @Mixin
    private final ToolOptions options = new ToolOptions();

    @Mixin
    private final RangeOptions range = new RangeOptions();

    @Mixin
    private final FilterOptions filter = new FilterOptions();

    @Option(names = "--user", paramLabel = "U", description = "only this user's events")
    private @Nullable String user;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "jsonl",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private FileFormat format = FileFormat.jsonl;

    @Option(
            names = {"-o", "--out"},
            required = true,
            paramLabel = "FILE",
            description = "the file to write")
    private Path out = Path.of("");

    @Override
    public Integer call() {
        return options.onLog(() -> {
            UserKey key = user == null ? null : ToolOptions.user(user);
            Range wanted = range.range();
            Redaction redaction = options.redaction();
            return log -> export(log, key, wanted, redaction);
        });
    }

    private int export(LogConsumer log, @Nullable UserKey key, Range wanted, Redaction redaction) throws IOException {
        EventPrinter reader = options.printer(filter.filter());
        try (PrivateFile file = PrivateFile.replacing(out);
                Progress progress = options.progress("offsets")) {
            EventFile.Writer events = format.writer(file);
            LogExport export = new LogExport(events, redaction);
            PartitionPass.Visitor visitor = new PartitionPass.Visitor() {
                @Override
                public boolean visit(ConsumerRecord<byte[], byte[]> record) {
                    progress.add(1);
                    reader.event(record).ifPresent(shown -> export.write(record, shown));
                    return true;
                }
            };
            if (key != null) {
                UserEvents.between(log, key, wanted, Skipping.BY_INDEX).visit(visitor);
            } else {
                log.allPartitions().forEach(partition -> log.scan(wanted.in(partition, log), visitor));
            }
            events.close();
            file.keep();
            options.tell("events exported", export.written());
        }
        return 0;
    }
}
