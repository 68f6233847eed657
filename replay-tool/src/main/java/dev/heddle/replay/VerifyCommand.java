package dev.heddle.replay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import dev.heddle.replay.log.LogConsumer;
import dev.heddle.replay.log.OffsetRange;
import dev.heddle.replay.log.Range;
import dev.heddle.replay.log.UserEvents;
import dev.heddle.replay.log.WrongUseException;
import dev.heddle.replay.output.EventFilter;
import dev.heddle.replay.output.EventPrinter;
import dev.heddle.replay.output.Progress;
import dev.heddle.replay.verify.Finding;
import dev.heddle.replay.verify.Findings;
import dev.heddle.replay.verify.LogVerification;
import dev.heddle.replay.verify.PartitionCounts;
import dev.heddle.replay.verify.TranscriptCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code heddle verify}: proves that the log keeps the promises, or lists the broken ones. */
@Command(
        name = "verify",
        description = {
            "Prove that the log keeps its promises; 1 and a list if it does not.",
            "Judged are: runs numbered without a gap, in order and once; legal AG-UI streams; one end a run and nothing"
                    + " after it; the key equal to the user in the envelope; records that can be read; each record in its"
                    + " key's partition; and an index that hides no event.",
            "With --transcript: whether what a client recorded (its frames, or ITEMs, a line each) is what the log holds."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  heddle verify",
            "  heddle verify --user alice --from 2026-01-31T12:00:00Z",
            "  heddle verify --user alice --transcript frames.jsonl",
            "  heddle verify --json | jq 'select(.finding)'"
        })
public final class VerifyCommand implements Callable<Integer> {
    @Mixin
    private final ToolOptions options = new ToolOptions();

    @Mixin
    private final RangeOptions range = new RangeOptions();

    @Mixin
    private final FilterOptions filter = new FilterOptions();

    @Option(names = "--user", paramLabel = "U", description = "only this user's events; needed for --transcript")
    private @Nullable String user;

    @Option(
            names = "--transcript",
            paramLabel = "FILE",
            description =
                    "what the user's client recorded; --thread, --run and --types as the client's connection had them")
    private @Nullable Path transcript;

    @Option(
            names = "--unended-after",
            paramLabel = "HOURS",
            defaultValue = "24",
            description = "a run without an end is wrong if nothing of it came for so long (default: ${DEFAULT-VALUE})")
    private int unendedAfter;

    @Option(
            names = "--longest-silence",
            paramLabel = "MINUTES",
            defaultValue = "60",
            description = "a run whose first event comes later than this after the beginning of what is read lacks its"
                    + " beginning; before, that may lie further back (default: ${DEFAULT-VALUE})")
    private int longestSilence;

    private final InstantSource clock = InstantSource.system();

    @Override
    public Integer call() {
        return options.onLog(() -> {
            if (longestSilence < 0) {
                throw new WrongUseException("--longest-silence must be at least 0, not " + longestSilence);
            }
            UserKey key = user == null ? null : ToolOptions.user(user);
            Range wanted = range.range();
            Path file = transcript;
            if (file == null) {
                if (!filter.filter().equals(EventFilter.NONE)) {
                    throw new WrongUseException(
                            "--thread, --run and --types are for --transcript: a part of a log proves nothing");
                }
                return log -> verify(log, key, wanted);
            }
            if (key == null) {
                throw new WrongUseException("--transcript needs --user: whose transcript it is");
            }
            return log -> compare(log, key, wanted, file);
        });
    }

    private int verify(LogConsumer log, @Nullable UserKey key, Range wanted) {
        List<Integer> partitions = key == null ? log.allPartitions() : List.of(UserEvents.partitionOf(log, key));
        List<OffsetRange> ranges = partitions.stream()
                .map(partition -> wanted.in(partition, log))
                .filter(offsets -> offsets.length() > 0)
                .toList();
        Predicate<ConsumerRecord<byte[], byte[]>> judged =
                key == null ? record -> true : record -> Arrays.equals(key.utf8(), record.key());
        Findings findings = new Findings();
        long silentSince = clock.instant().minus(Duration.ofHours(unendedAfter)).toEpochMilli();
        long silence = Duration.ofMinutes(longestSilence).toMillis();
        Progress told = options.progress("offsets");
        PartitionCounts counts;
        try (Progress progress = told) {
            counts = new LogVerification(judged, silentSince, silence, findings, progress).run(log, ranges);
        }
        return tell(findings, summary(counts, partitions.size(), told), json(counts, told));
    }

    private static String summary(PartitionCounts counts, int partitions, Progress progress) {
        return String.format(
                Locale.ROOT,
                "%,d records of %,d users in %,d partitions, %,d runs (%,d open, %,d without their beginning, which lies before what was read and is not judged), %,d records checked against the index;"
                        + " %.1f s, %,d records/s",
                counts.records(),
                counts.users(),
                partitions,
                counts.runs(),
                counts.open(),
                counts.unjudgedBeginnings(),
                counts.checkedByIndex(),
                progress.seconds(),
                Math.round(counts.records() / progress.seconds()));
    }

    private static ObjectNode json(PartitionCounts counts, Progress progress) {
        return Json.object()
                .put("records", counts.records())
                .put("users", counts.users())
                .put("runs", counts.runs())
                .put("open", counts.open())
                .put("beginningNotJudged", counts.unjudgedBeginnings())
                .put("checkedByIndex", counts.checkedByIndex())
                .put("seconds", progress.seconds());
    }

    private int compare(LogConsumer log, UserKey key, Range wanted, Path file) throws IOException {
        EventPrinter reader = options.printer(filter.filter());
        List<TranscriptCheck.Logged> logged = new ArrayList<>();
        UserEvents.between(log, key, wanted, UserEvents.Skipping.BY_INDEX).visit(record -> {
            reader.event(record)
                    .ifPresent(shown ->
                            logged.add(new TranscriptCheck.Logged(record.partition(), record.offset(), shown.item())));
            return true;
        });
        Findings findings = new Findings();
        long compared = new TranscriptCheck(logged, key.value(), findings).compare(file);
        String summary = compared + " of the user's " + logged.size() + " events in the log are in the transcript";
        return tell(
                findings, summary, Json.object().put("logged", logged.size()).put("recorded", compared));
    }

    private int tell(Findings findings, String summary, ObjectNode summaryJson) {
        for (Finding finding : findings.list()) {
            ToolOptions.out().println(options.isJson() ? Json.text(finding.json()) : finding.text());
        }
        ObjectNode counts = summaryJson.putObject("findings");
        findings.counts().forEach((fault, count) -> counts.put(fault.text(), count));
        findings.counts().forEach((fault, count) -> {
            if (count > Findings.KEPT) {
                options.complain(
                        "only the first " + Findings.KEPT + " of " + count + " " + fault.text() + " are listed");
            }
        });
        if (options.isJson()) {
            ToolOptions.out().println(Json.text(summaryJson));
        }
        long found =
                findings.counts().values().stream().mapToLong(Long::longValue).sum();
        options.complain(summary + (found == 0 ? "; nothing is wrong" : "; " + found + " findings"));
        return found == 0 ? 0 : 1;
    }
}
