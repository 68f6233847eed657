package dev.heddle.local;

import dev.heddle.config.ByteSize;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.process.KafkaOptions;
import dev.heddle.topic.LargestRecords;
import dev.heddle.topic.TopicAdmin;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code heddle topics}: creates the topics, or checks them against their layout. */
@Command(name = "topics", description = "Make or check the topics.")
final class TopicsCommand implements Runnable {
    private static final int COPIES = 3;
    private static final int COPIES_IN_SYNC = 2;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before any command runs.
    private CommandSpec spec;

    @Mixin
    private final KafkaOptions reach = new KafkaOptions();

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

    @Option(
            names = "--event-bytes",
            paramLabel = "SIZE",
            defaultValue = "960KiB",
            converter = SizeConverter.class,
            scope = ScopeType.INHERIT,
            description =
                    "the largest stored event, as publisher.bounds.eventBytes of executors and limits.eventBytes of"
                            + " ingest say (default: ${DEFAULT-VALUE})")
    private ByteSize eventBytes = ByteSize.kibibytes(960);

    @Option(
            names = "--command-bytes",
            paramLabel = "SIZE",
            defaultValue = "64KiB",
            converter = SizeConverter.class,
            scope = ScopeType.INHERIT,
            description = "the largest command, as limits.maxFrameBytes of edges says (default: ${DEFAULT-VALUE})")
    private ByteSize commandBytes = ByteSize.kibibytes(64);

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "topics: create, check or replicas?");
    }

    @Command(name = "create", description = "Make the topics that are missing; those that are there stay as they are.")
    int create(
            @Option(
                            names = "--raise-retention",
                            description = "let those that are there keep records for as long as --retention says, never"
                                    + " for less than they do")
                    boolean raiseRetention) {
        try (Admin admin = admin()) {
            TopicLayout layout = layout(admin);
            for (String made : TopicAdmin.create(admin, layout, largest())) {
                spec.commandLine().getOut().println("created " + made);
            }
            if (raiseRetention) {
                for (String raised : TopicAdmin.raiseRetention(admin, layout)) {
                    spec.commandLine().getOut().println("raised the retention of " + raised);
                }
            }
            return 0;
        }
    }

    @Command(name = "check", description = "Tell what differs from the layout, a line each; 1 if anything does.")
    int check() {
        try (Admin admin = admin()) {
            List<String> problems = new ArrayList<>(TopicAdmin.check(admin, layout(admin)));
            problems.addAll(TopicAdmin.sizeProblems(admin, largest()));
            return tell(problems);
        }
    }

    @Command(
            name = "replicas",
            description = "Tell the partitions that lack a copy or a leader, a line each; 1 if any does.")
    int replicas() {
        try (Admin admin = admin()) {
            return tell(TopicAdmin.lacking(admin));
        }
    }

    private int tell(List<String> problems) {
        PrintWriter err = spec.commandLine().getErr();
        problems.forEach(err::println);
        err.flush();
        return problems.isEmpty() ? 0 : 1;
    }

    private Admin admin() {
        return TopicAdmin.open(reach.forTool(), "heddle-topics");
    }

    private TopicLayout layout(Admin admin) {
        int copies =
                replication == null ? Math.min(COPIES, TopicAdmin.brokers(admin).size()) : replication;
        int inSync = minInsync == null ? Math.min(COPIES_IN_SYNC, copies) : minInsync;
        try {
            return new TopicLayout(partitions, (short) copies, (short) inSync, retention);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private LargestRecords largest() {
        return new LargestRecords(eventBytes.toInt(), commandBytes.toInt());
    }
}
