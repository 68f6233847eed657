package dev.heddle.executor.publish;

import static java.util.Objects.requireNonNull;

import dev.heddle.agents.EventLines;
import dev.heddle.agents.EventLines.Order;
import dev.heddle.agents.EventLines.Published;
import dev.heddle.agents.LogPlace;
import dev.heddle.agents.PublishFailedException;
import dev.heddle.agents.Publisher;
import dev.heddle.agents.PublisherSettings;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.config.Settings;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.Partitioning;
import dev.heddle.event.UserKey;
import dev.heddle.executor.RunHistory;
import dev.heddle.process.ExitCode;
import dev.heddle.process.KafkaOptions;
import dev.heddle.process.VisibleText;
import dev.heddle.topic.TopicAdmin;
import dev.heddle.topic.TopicException;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle publish}: appends AG-UI events by hand, for tests and for operators. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        description = "Appends AG-UI events, one JSON object a line; runSeq continues the run's.")
public final class PublishCommand implements Callable<Integer> {

    @Mixin
    private final KafkaOptions reach = new KafkaOptions();

    private static final Duration DELIVERY = Duration.ofSeconds(30);

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--user", required = true, paramLabel = "U", description = "whose events they are")
    private String user = "";

    @Option(names = "--thread", paramLabel = "T", description = "the thread; if absent, RUN_STARTED says it")
    private @Nullable String thread;

    @Option(names = "--run", paramLabel = "R", description = "the run; if absent, RUN_STARTED says it")
    private @Nullable String run;

    @Option(names = "--agent", paramLabel = "A", description = "the agent that the events are said to come from")
    private @Nullable String agent;

    @Option(names = "--strict", description = "refuse what AG-UI's order of a run's events forbids")
    private boolean strict;

    @Option(names = "--json", description = "print what was published as JSON")
    private boolean json;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            defaultValue = "-",
            description = "the events; - is standard input")
    private String file = "-";

    @Override
    public Integer call() {
        PrintWriter out = requireNonNull(spec).commandLine().getOut();
        PrintWriter err = requireNonNull(spec).commandLine().getErr();
        UserKey key;
        try {
            key = UserKey.of(user);
        } catch (InvalidEventException e) {
            complain("--user: " + e.getMessage());
            return ExitCode.USAGE;
        }
        KafkaClientSettings kafka = reach.forTool();
        try (BufferedReader lines = open();
                Publisher publisher = Publisher.open(kafka, settings(kafka))) {
            EventLines.Place place = new EventLines.Place(thread, run, agent);
            EventLines events = new EventLines(publisher, key, place, strict ? Order.STRICT : Order.LENIENT);
            try {
                int partition =
                        Partitioning.partitionOf(key, publisher.settings().partitions());
                new RunHistory(kafka).forEach(partition, Instant.EPOCH, events::known);
                report(events.publish(lines), out, err);
                return 0;
            } catch (InvalidEventException e) {
                complain(e.getMessage() + " (" + events.published() + " events published before it)");
                return 1;
            }
        } catch (NoSuchFileException e) {
            complain("file " + file + " does not exist");
            return 1;
        } catch (IOException e) {
            complain("file " + file + " cannot be read: " + e.getMessage());
            return 1;
        } catch (TopicException | KafkaException | InvalidEventException | PublishFailedException e) {
            complain(String.valueOf(e.getMessage()));
            return 1;
        }
    }

    private void complain(String what) {
        requireNonNull(spec).commandLine().getErr().println("heddle publish: " + VisibleText.line(what));
    }

    private PublisherSettings settings(KafkaClientSettings kafka) {
        return Settings.with(
                PublisherSettings.defaults(),
                "partitions=" + TopicAdmin.generation(kafka, "heddle-publish").partitions(),
                "deliveryTimeout=" + DELIVERY.toMillis() + "ms");
    }

    private BufferedReader open() throws IOException {
        return file.equals("-")
                ? new BufferedReader(new InputStreamReader(standardInput(), StandardCharsets.UTF_8))
                : Files.newBufferedReader(Path.of(file));
    }

    /** Standard input, which belongs to the process: closing the reader leaves it open. */
    private static InputStream standardInput() {
        return new FilterInputStream(System.in) {
            @Override
            public void close() {}
        };
    }

    private void report(Published published, PrintWriter out, PrintWriter err) {
        LogPlace last = published.last();
        if (json) {
            var report = Json.object()
                    .put("published", published.events())
                    .put("threadId", published.threadId())
                    .put("runId", published.runId());
            if (last != null) {
                report.put("partition", last.partition()).put("offset", last.offset());
            }
            out.println(report);
        } else {
            err.println(VisibleText.of("published " + published.events() + " events, thread " + published.threadId()
                    + ", run " + published.runId()));
        }
        out.flush();
    }
}
