package dev.heddle.replay;

import static org.awaitility.Awaitility.await;

import dev.heddle.testing.TestJvm;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine;

/** A command in a process of its own, which a test can kill. */
final class ToolProcess {
    private static final Map<String, Object> COMMANDS = Map.of(
            "import",
            new ImportCommand(),
            "republish",
            new RepublishCommand(),
            "replay",
            new ReplayCommand(),
            "tail",
            new TailCommand(),
            "verify",
            new VerifyCommand());

    private ToolProcess() {}

    /** What the process runs: the command's name and its arguments. */
    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(COMMANDS.get(arguments[0]));
        System.exit(line.execute(List.of(arguments).subList(1, arguments.length).toArray(String[]::new)));
    }

    static ProcessBuilder of(List<String> jvm, String... arguments) {
        return TestJvm.program(ToolProcess.class.getName(), jvm, List.of(arguments));
    }

    /** The ending of a command by SIGKILL when what it writes has so many records. */
    static final class Kills implements AutoCloseable {
        private static final Duration SOON = Duration.ofSeconds(60);

        private final String copy;
        private final Admin admin;

        Kills(String bootstrap, String copy) {
            this.copy = copy;
            this.admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap));
        }

        @Override
        public void close() {
            admin.close();
        }

        void startAndKillAt(long records, String... arguments) throws IOException, InterruptedException {
            Process process = of(List.of("-Xmx128m"), arguments)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                await("records in the copy").atMost(SOON).until(() -> records() >= records);
            } finally {
                process.destroyForcibly().waitFor();
            }
        }

        long records() {
            try {
                TopicDescription described = Objects.requireNonNull(admin.describeTopics(List.of(copy))
                        .allTopicNames()
                        .get()
                        .get(copy));
                Map<TopicPartition, OffsetSpec> asked = described.partitions().stream()
                        .collect(Collectors.toMap(
                                each -> new TopicPartition(copy, each.partition()), each -> OffsetSpec.latest()));
                return admin.listOffsets(asked).all().get().values().stream()
                        .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
                        .sum();
            } catch (ExecutionException e) {
                return 0; // not made yet
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }
}
