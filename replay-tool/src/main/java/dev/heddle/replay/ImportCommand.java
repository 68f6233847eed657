package dev.heddle.replay;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.InvalidEventException;
import dev.heddle.replay.log.LogConsumer;
import dev.heddle.replay.log.ReplayException;
import dev.heddle.replay.output.Progress;
import dev.heddle.replay.transfer.EventFile;
import dev.heddle.replay.transfer.FileFormat;
import dev.heddle.replay.transfer.ImportMark;
import dev.heddle.replay.transfer.LogImport;
import dev.heddle.replay.transfer.LogWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code heddle import}: appends the events of a file to a log. */
@Command(
        name = "import",
        description = {
            "Append the events of a file that 'heddle export' wrote to a log that is empty, each as it was, in order.",
            "Interrupted, the same command goes on where it stopped; a file that is there already is not appended again. A"
                    + " file with a fault is refused as a whole.",
            "This writes. The log's topics must be there: see 'heddle topics create'. The time of appending is that of"
                    + " the import."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  heddle import alice.jsonl --bootstrap 127.0.0.1:9192", "  heddle verify --bootstrap 127.0.0.1:9192"
        })
public final class ImportCommand implements Callable<Integer> {
    @Mixin
    private final ToolOptions options = new ToolOptions();

    @Parameters(paramLabel = "FILE", description = "the file; its format is seen from its beginning")
    private Path file = Path.of("");

    @Option(names = "--append", description = "also to a log that holds events already")
    private boolean append;

    private int partitions;

    @Override
    public Integer call() {
        return options.guarded(kafka -> {
            FileFormat format = FileFormat.of(file);
            try (EventFile.Reader all = format.open(file)) {
                long unused = LogImport.check(all);
            } catch (InvalidEventException e) {
                throw new ReplayException(file + ": " + e.getMessage(), e);
            }
            ImportMark mark = ImportMark.of(file);
            ImportMark.Imported imported = imported(kafka, mark);
            if (imported.others() > 0 && !append) {
                throw new ReplayException("topic " + options.topic()
                        + " is not empty; with --append the events come behind what is there");
            }
            if (imported.count() > 0) {
                options.tell("events were there already", imported.count());
            }
            try (EventFile.Reader from = format.open(file);
                    LogWriter to = new LogWriter(kafka, options.topic(), partitions);
                    Progress progress = options.progress("events")) {
                options.tell("events imported", LogImport.copy(from, to, mark, imported, progress));
            }
            return 0;
        });
    }

    private ImportMark.Imported imported(KafkaClientSettings kafka, ImportMark mark) {
        try (LogConsumer log = LogConsumer.open(kafka, options.topic());
                Progress progress = options.progress("records of the log")) {
            partitions = log.topic().generation().partitions();
            return mark.in(log, progress);
        }
    }
}
