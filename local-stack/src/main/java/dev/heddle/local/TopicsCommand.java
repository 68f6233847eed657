package dev.heddle.local;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.topic.TopicAdmin;
import dev.heddle.event.topic.TopicLayout;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code heddle topics}: make the topics, or compare them with what they should be. */
@Command(name = "topics", description = "Make or check the topics.")
final class TopicsCommand implements Runnable {
    private static final int COPIES = 3;
    private static final int COPIES_IN_SYNC = 2;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before any command runs.
    private CommandSpec spec;

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9092",
            scope = ScopeType.INHERIT,
            description = "where Kafka is (default: ${DEFAULT-VALUE})")
    private String bootstrap = "";

    @Option(
            names = "--partitions",
            defaultValue = "64",
            scope = ScopeType.INHERIT,
            description = "of the log, its commands and its index (default: ${DEFAULT-VALUE})")
    private int partitions;

    @Option(
            names = "--replication",
            scope = ScopeType.INHERIT,
            description = "copies of each record (default: 3, or as many as there are brokers)")
    private @Nullable Short replication;

    @Option(
            names = "--min-insync",
            scope = ScopeType.INHERIT,
            description =
                    "copies that must have a record before it counts (default: 2, or as many as there are copies)")
    private @Nullable Short minInsync;

    @Option(
            names = "--retention",
            defaultValue = "7d",
            converter = Ttl.class,
            scope = ScopeType.INHERIT,
            description = "how long events are kept (default: ${DEFAULT-VALUE})")
    private Duration retention = Duration.ofDays(7);

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "topics: create, check or replicas?");
    }

    @Command(name = "create", description = "Make the topics that are missing; those that are there stay as they are.")
    int create() throws InterruptedException {
        try (Admin admin = admin()) {
            TopicLayout layout = layout(admin);
            for (String made : TopicAdmin.create(admin, layout)) {
                spec.commandLine().getOut().println("created " + made);
            }
            return 0;
        }
    }

    @Command(name = "check", description = "Tell what differs from the layout, a line each; 1 if anything does.")
    int check() throws InterruptedException {
        try (Admin admin = admin()) {
            List<String> problems = TopicAdmin.check(admin, layout(admin));
            PrintWriter err = spec.commandLine().getErr();
            problems.forEach(err::println);
            err.flush();
            return problems.isEmpty() ? 0 : 1;
        }
    }

    @Command(
            name = "replicas",
            description = "Tell the partitions that lack a copy or a leader, a line each; 1 if any does.")
    int replicas() throws InterruptedException {
        try (Admin admin = admin()) {
            List<String> problems = TopicAdmin.lacking(admin);
            PrintWriter err = spec.commandLine().getErr();
            problems.forEach(err::println);
            err.flush();
            return problems.isEmpty() ? 0 : 1;
        }
    }

    private Admin admin() {
        return TopicAdmin.open(KafkaClientSettings.at(bootstrap), "heddle-topics");
    }

    private TopicLayout layout(Admin admin) throws InterruptedException {
        int copies = replication == null ? Math.min(COPIES, brokers(admin)) : replication;
        int inSync = minInsync == null ? Math.min(COPIES_IN_SYNC, copies) : minInsync;
        try {
            return new TopicLayout(partitions, (short) copies, (short) inSync, retention);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private int brokers(Admin admin) throws InterruptedException {
        try {
            return admin.describeCluster().nodes().get().size();
        } catch (ExecutionException e) {
            throw new CommandFailedException("Kafka at " + bootstrap + " does not answer", e);
        }
    }
}
