package dev.heddle.replay;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.process.VisibleText;
import dev.heddle.replay.log.LogConsumer;
import dev.heddle.replay.log.OffsetRange;
import dev.heddle.replay.log.ReplayException;
import dev.heddle.replay.log.TopicCopy;
import dev.heddle.replay.log.WrongUseException;
import dev.heddle.replay.transfer.LogWriter;
import dev.heddle.replay.transfer.Republish;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code heddle republish}: copies a log to a topic with another partition count. */
@Command(
        name = "republish",
        description = {
            "Copy the log into a topic with another partition count, each user's events in order, and compare the two.",
            "This writes. Interrupted, the same command goes on where it stopped; run again later, it copies what has come"
                    + " since. The copy is another generation: cursors into the log are not cursors into it, and the time"
                    + " of appending is that of the copying."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  heddle republish --to-topic agent-events-128 --partitions 128",
            "  heddle republish --to-topic agent-events --to-bootstrap other:9092 --partitions 64",
            "  heddle verify --topic agent-events-128"
        })
public final class RepublishCommand implements Callable<Integer> {
    @Mixin
    private final ToolOptions options = new ToolOptions();

    @Option(
            names = "--to-topic",
            required = true,
            paramLabel = "NAME",
            description = "the copy's topic, made if it is missing")
    private String toTopic = "";

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "how many partitions the copy has; needed if it is missing")
    private @Nullable Integer partitions;

    @Option(
            names = "--to-bootstrap",
            paramLabel = "HOST:PORT",
            description = "where the copy is, if in another cluster")
    private @Nullable String toBootstrap;

    @Override
    public Integer call() {
        return options.guarded(kafka -> {
            KafkaClientSettings target =
                    toBootstrap == null ? kafka : KafkaClientSettings.of(toBootstrap, kafka.properties());
            if (toBootstrap == null && toTopic.equals(options.topic())) {
                throw new WrongUseException("--to-topic is the log itself");
            }
            if (partitions != null && partitions < 1) {
                throw new WrongUseException("--partitions must be at least 1, not " + partitions);
            }
            try (LogConsumer from = LogConsumer.open(kafka, options.topic())) {
                if (partitions != null) {
                    TopicCopy.create(from, target, toTopic, partitions);
                }
                try (LogConsumer to = LogConsumer.openNew(target, toTopic)) {
                    return options.judged(republish(from, to, target), from);
                }
            }
        });
    }

    private int republish(LogConsumer from, LogConsumer to, KafkaClientSettings target) {
        int found = to.topic().generation().partitions();
        if (partitions != null && partitions != found) {
            throw new ReplayException("topic " + toTopic + " has " + found + " partitions, not " + partitions);
        }
        List<OffsetRange> ranges = from.extents(from.allPartitions());
        Republish republish = new Republish(from, to, ranges);
        Republish.Outcome outcome;
        try (LogWriter writer = new LogWriter(target, toTopic, found)) {
            outcome = republish.copy(writer, options::progress);
        }
        options.tell("records were there already", outcome.before());
        options.tell("records copied", outcome.copied());
        if (outcome.nobodys() > 0) {
            options.complain(outcome.nobodys() + " records without a user key stay behind: see 'heddle verify'");
        }
        if (outcome.misplaced() > 0) {
            options.complain(outcome.misplaced() + " records lay in a wrong partition: see 'heddle verify'");
        }
        List<String> differences = republish.differences(options::progress);
        differences.forEach(line -> ToolOptions.out().println(VisibleText.of(line)));
        options.complain(
                differences.isEmpty()
                        ? "the copy holds the same events of every user in the same order"
                        : "the copy differs");
        return differences.isEmpty() ? 0 : 1;
    }
}
