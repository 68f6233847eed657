package dev.heddle.replay;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.InvalidEventException;
import dev.heddle.replay.log.LogReader;
import dev.heddle.replay.log.ReplayException;
import dev.heddle.replay.log.Stretch;
import dev.heddle.replay.output.Progress;
import dev.heddle.replay.transfer.EventFile;
import dev.heddle.replay.transfer.FileFormat;
import dev.heddle.replay.transfer.LogImport;
import dev.heddle.replay.transfer.LogWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code heddle import}: events from a file into a log. Writes. */
@Command(
        name = "import",
        description = {
            "Append the events of a file that 'heddle export' wrote to a log that is empty, each as it was, in order.",
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

    @Override
    public Integer call() {
        return options.guarded(kafka -> {
            FileFormat format = FileFormat.of(file);
            int partitions;
            try (LogReader log = LogReader.open(kafka, options.topic())) {
                partitions = log.topic().generation().partitions();
                long there = log.extents(log.allPartitions()).stream()
                        .mapToLong(Stretch::to)
                        .sum();
                if (there > 0 && !append) {
                    throw new ReplayException("topic " + options.topic()
                            + " is not empty; with --append the events come behind what is there");
                }
            }
            options.tell("events imported", copy(kafka, format, partitions));
            return 0;
        });
    }

    private long copy(KafkaClientSettings kafka, FileFormat format, int partitions) throws IOException {
        try (EventFile.Reader from = format.open(file);
                LogWriter to = new LogWriter(kafka, options.topic(), partitions);
                Progress progress = options.progress("events")) {
            return LogImport.copy(from, to, progress);
        } catch (InvalidEventException e) {
            throw new ReplayException(file + ": " + e.getMessage(), e);
        }
    }
}
