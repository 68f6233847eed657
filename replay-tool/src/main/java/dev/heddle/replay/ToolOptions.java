package dev.heddle.replay;

import dev.heddle.config.InvalidSettingException;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.config.Settings;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import dev.heddle.process.KafkaOptions;
import dev.heddle.process.VisibleText;
import dev.heddle.replay.log.LogConsumer;
import dev.heddle.replay.log.ReplayException;
import dev.heddle.replay.log.WrongUseException;
import dev.heddle.replay.output.EventFilter;
import dev.heddle.replay.output.EventPrinter;
import dev.heddle.replay.output.Progress;
import dev.heddle.replay.output.Redaction;
import dev.heddle.topic.TopicException;
import dev.heddle.topic.UnreadableRange;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options, messages and exit codes of every tool that reads the log. */
final class ToolOptions {
    /** The work of a command; its result is the exit code. */
    interface Work<T> {
        int on(T with) throws IOException;
    }

    /** The most unreadable ranges that are listed. */
    private static final int LISTED = 20;

    private static final String ROLE = "replay";

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Mixin
    private final KafkaOptions reach = new KafkaOptions();

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            defaultValue = Topics.AGENT_EVENTS,
            description = "the log's topic, if it is a copy under another name (default: ${DEFAULT-VALUE})")
    private String topic = Topics.AGENT_EVENTS;

    @Option(
            names = "--redact",
            paramLabel = "POINTER",
            description = "a JSON pointer into an ITEM at what is blacked out, such as /event/delta or"
                    + " /event/input/messages/*/content; may be repeated")
    private List<String> redact = List.of();

    @Option(names = "--json", description = "output for programs: JSON, one object a line")
    private boolean json;

    private final List<EventPrinter> printers = new ArrayList<>();
    private @Nullable ReplayConfig settings;

    boolean isJson() {
        return json;
    }

    /**
     * Runs work on the open log and returns the exit code. An expected failure becomes one line and exit code 1, or 2
     * for wrong use.
     *
     * @param preparation checks the whole command line before the log is opened; it returns the command's work
     */
    int onLog(Supplier<Work<LogConsumer>> preparation) {
        return guarded(kafka -> {
            Work<LogConsumer> work = preparation.get();
            try (LogConsumer log = LogConsumer.open(kafka, topic)) {
                return judged(work.on(log), log);
            }
        });
    }

    /**
     * The exit code of work that read a log: never 0 if part of the log was unreadable, because then the output is
     * incomplete.
     */
    int judged(int code, LogConsumer log) {
        List<String> lacking = new ArrayList<>();
        printers.forEach(printer -> printer.complaint().ifPresent(lacking::add));
        List<UnreadableRange> unreadable = log.unreadable();
        unreadable.stream().limit(LISTED).forEach(range -> lacking.add(range + " cannot be read: " + range.reason()));
        if (unreadable.size() > LISTED) {
            lacking.add("and " + (unreadable.size() - LISTED) + " further parts of the log cannot be read");
        }
        lacking.forEach(this::complain);
        return code == ExitCode.OK && !lacking.isEmpty() ? ExitCode.SOFTWARE : code;
    }

    /** Runs work that opens its own log; otherwise as {@link #onLog}. */
    int guarded(Work<KafkaClientSettings> work) {
        try {
            return work.on(kafka());
        } catch (WrongUseException | InvalidSettingException e) {
            complain(String.valueOf(e.getMessage()));
            return ExitCode.USAGE;
        } catch (KafkaException e) {
            // "Failed to construct kafka consumer" says nothing without its cause.
            complain((e.getMessage() == null ? e.toString() : e.getMessage())
                    + (e.getCause() == null ? "" : ": " + e.getCause().getMessage()));
            return e instanceof ConfigException ? ExitCode.USAGE : ExitCode.SOFTWARE;
        } catch (ReplayException | TopicException e) {
            complain(e.getMessage() == null ? e.toString() : e.getMessage());
            return ExitCode.SOFTWARE;
        } catch (UncheckedIOException e) {
            complain(reason(Objects.requireNonNull(e.getCause())));
            return ExitCode.SOFTWARE;
        } catch (IOException e) {
            complain(reason(e));
            return ExitCode.SOFTWARE;
        }
    }

    /** The reason of a file's failure as text. */
    private static String reason(IOException failure) {
        if (failure instanceof NoSuchFileException missing) {
            return "there is no file " + missing.getFile();
        }
        if (failure instanceof CharacterCodingException) {
            return "what was read is not UTF-8";
        }
        if (failure instanceof FileSystemException file) {
            String why = file instanceof AccessDeniedException ? "permission denied" : file.getReason();
            return file.getFile() + ": " + (why == null ? "cannot be used" : why);
        }
        return failure.getMessage() == null ? "input or output failed" : failure.getMessage();
    }

    private KafkaClientSettings kafka() {
        return settings().kafka();
    }

    /**
     * The settings. They are loaded only if there are sources, because loading takes longer than the rest of a command.
     */
    private ReplayConfig settings() {
        ReplayConfig found = settings;
        if (found == null) {
            ReplayConfig defaults = ReplayConfig.defaults();
            found = reach.isPlain(ROLE)
                    ? defaults.at(reach.bootstrapOr(defaults.kafka().bootstrapServers()))
                    : Settings.load(ReplayConfig.class, defaults, reach.sources(ROLE, List.of()));
            settings = found;
        }
        return found;
    }

    /** The redaction of the configuration and the command line together. */
    Redaction redaction() {
        return Redaction.of(Stream.concat(settings().output().redact().stream(), redact.stream())
                .toList());
    }

    String topic() {
        return topic;
    }

    /** Prints a line on standard error. */
    void complain(String line) {
        CommandSpec command = command();
        command.commandLine().getErr().println(command.qualifiedName(" ") + ": " + VisibleText.line(line));
        command.commandLine().getErr().flush();
    }

    /** Prints a count of results: as JSON on standard output with {@code --json}, else as text on standard error. */
    void tell(String what, long count) {
        if (json) {
            out().println(Json.text(Json.object().put("what", what).put("count", count)));
        } else {
            complain(count + " " + what);
        }
    }

    /** A user key from the command line; a bad one is wrong use. */
    static UserKey user(String text) {
        try {
            return UserKey.of(text);
        } catch (InvalidEventException e) {
            throw new WrongUseException("--user: " + e.getMessage(), e);
        }
    }

    /**
     * A printer of events on standard output. It bypasses picocli's writer, because an ITEM is printed as bytes in any
     * locale. The {@code heddle} script detects a terminal, because Java cannot for standard error.
     */
    EventPrinter printer(EventFilter filter) {
        EventPrinter.Form people =
                Boolean.getBoolean("heddle.colours") ? EventPrinter.Form.COLOURED : EventPrinter.Form.PRETTY;
        EventPrinter printer =
                new EventPrinter(System.out, json ? EventPrinter.Form.ITEM : people, filter, redaction());
        printers.add(printer);
        return printer;
    }

    /** Standard output for text that is not an event. */
    static PrintStream out() {
        return new PrintStream(System.out, true, StandardCharsets.UTF_8);
    }

    /** A progress line on standard error, shown only on a terminal. */
    Progress progress(String what) {
        return new Progress(command().commandLine().getErr(), Boolean.getBoolean("heddle.progress"), what);
    }

    private CommandSpec command() {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return spec;
    }
}
