package dev.heddle.replay;

import dev.heddle.event.UserKey;
import dev.heddle.process.PrivateFile;
import dev.heddle.replay.log.LogConsumer;
import dev.heddle.replay.log.Range;
import dev.heddle.replay.log.UserEvents;
import dev.heddle.replay.log.UserEvents.Skipping;
import dev.heddle.replay.output.EventFilter;
import dev.heddle.replay.output.EventPrinter;
import dev.heddle.replay.output.Redaction;
import dev.heddle.replay.timeline.Timeline;
import dev.heddle.replay.timeline.TimelinePage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code heddle timeline}: writes an HTML page with the timeline of one run. */
@Command(
        name = "timeline",
        description = {
            "Draw a run as one HTML page that needs nothing else: steps, tool calls, messages, reasoning, approvals,"
                    + " attempts, and the gaps in time.",
            "With --json: the data of the page instead of the page."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  heddle timeline --user alice --run run-7 -o run-7.html",
            "  heddle timeline --user alice --run run-7 --redact /event/delta --redact /event/content -o to-share.html"
        })
public final class TimelineCommand implements Callable<Integer> {
    @Mixin
    private final ToolOptions options = new ToolOptions();

    @Option(names = "--user", required = true, paramLabel = "U", description = "whose run")
    private String user = "";

    @Option(names = "--run", required = true, paramLabel = "R", description = "the run")
    private String run = "";

    @Option(
            names = {"-o", "--out"},
            required = true,
            paramLabel = "FILE",
            description = "the file to write")
    private Path out = Path.of("");

    @Override
    public Integer call() {
        return options.onLog(() -> {
            UserKey key = ToolOptions.user(user);
            Redaction redaction = options.redaction();
            return log -> draw(log, key, redaction);
        });
    }

    private int draw(LogConsumer log, UserKey key, Redaction redaction) throws IOException {
        EventPrinter reader = options.printer(new EventFilter(null, run, List.of()));
        Timeline timeline = new Timeline();
        UserEvents.between(log, key, Range.ALL, Skipping.BY_INDEX).visit(record -> {
            reader.event(record)
                    .ifPresent(shown -> timeline.take(
                            redaction.tree(shown.item().json()), Objects.requireNonNull(record.value()).length));
            return true;
        });
        if (timeline.facts() == null) {
            options.complain("the log holds no run " + run + " of user " + user);
            return 1;
        }
        String page = options.isJson() ? TimelinePage.data(timeline, user) + "\n" : TimelinePage.of(timeline, user);
        PrivateFile.write(out, page.getBytes(StandardCharsets.UTF_8));
        return 0;
    }
}
