package dev.heddle.replay;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicException;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that every command has which reads the log, and how such a command ends. */
final class LogOptions {
    /** What a command does with the open log. */
    interface Work {
        void on(LogReader log);
    }

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9092",
            description = "where Kafka is (default: ${DEFAULT-VALUE})")
    private String bootstrap = "";

    @Option(names = "--thread", paramLabel = "T", description = "only this thread's events")
    private @Nullable String thread;

    @Option(
            names = "--types",
            paramLabel = "TYPE",
            split = ",",
            description = "only these AG-UI types; RUN_* stands for all that begin so")
    private List<String> types = List.of();

    @Option(names = "--json", description = "one ITEM a line, as a socket gets it")
    private boolean json;

    /** Runs the work; what goes wrong in an expected way becomes one line and 1. */
    int run(Work work) {
        try (LogReader log = LogReader.open(KafkaClientSettings.at(bootstrap))) {
            work.on(log);
            return 0;
        } catch (ReplayException | TopicException | KafkaException e) {
            complain(e.getMessage() == null ? e.toString() : e.getMessage());
            return 1;
        }
    }

    void complain(String line) {
        CommandSpec command = command();
        command.commandLine().getErr().println(command.qualifiedName(" ") + ": " + line.replaceAll("\\s*\\R\\s*", " "));
        command.commandLine().getErr().flush();
    }

    /** A user key from the command line; a bad one is wrong use. */
    UserKey user(String text) {
        try {
            return UserKey.of(text);
        } catch (InvalidEventException e) {
            throw new ParameterException(command().commandLine(), "--user: " + e.getMessage(), e);
        }
    }

    /** A printer on standard output itself and not picocli's writer: an ITEM is bytes, whatever the locale. */
    EventPrinter printer(@Nullable UserKey user) {
        return new EventPrinter(
                System.out,
                json ? EventPrinter.Form.ITEM : EventPrinter.Form.PRETTY,
                new EventFilter(user, thread, types));
    }

    private CommandSpec command() {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return spec;
    }
}
