package dev.heddle.bench;

import dev.heddle.bench.floor.BareConsumer;
import dev.heddle.bench.floor.BareSocketServer;
import dev.heddle.bench.load.FleetTarget;
import dev.heddle.bench.load.LoadUsers;
import dev.heddle.bench.load.OpenLoopPublisher;
import dev.heddle.bench.process.FreePort;
import dev.heddle.bench.process.JavaProcess;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.token.TokenSigner;
import dev.heddle.topic.TopicAdmin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka with Heddle's topics in a process of its own, with the edges and floors that are started beside it and a data
 * directory that is deleted at the end; or a stack that runs already. Used by the main thread.
 */
final class BenchCluster implements AutoCloseable {
    private static final long LIMIT_SECONDS = 30;
    private static final Duration START = Duration.ofSeconds(90);

    private final StackOptions options;
    private final EdgeProgram program;
    private final Path directory;
    private final Path talk;
    private final TokenSigner tokens;
    private final StackOptions.@Nullable RunningStack running;
    private final @Nullable JavaProcess kafka;
    private final String bootstrap;
    private final Admin admin;
    private final Thread abandon = new Thread(this::abandon);
    private int started;

    private BenchCluster(StackOptions options, EdgeProgram program) {
        this.options = options;
        this.program = program;
        try {
            directory = Files.createTempDirectory("heddle-bench");
            talk = options.logs() == null ? directory : Files.createDirectories(options.logs());
        } catch (IOException e) {
            throw new BenchFailedException("no directory for the data: " + e.getMessage(), e);
        }
        Runtime.getRuntime().addShutdownHook(abandon);
        running = options.running();
        tokens = running == null ? TokenSigner.in(directory) : TokenSigner.read(running.key());
        kafka = running == null ? launchKafka() : null;
        bootstrap =
                kafka != null ? kafka.ready() : Objects.requireNonNull(running).bootstrap();
        admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap));
    }

    private JavaProcess launchKafka() {
        String data = directory.resolve("kafka").toString();
        return launch("kafka", EdgeProgram.HEDDLE, options.kafkaJvm(), List.of("kafka", "--port", "0", "--data", data));
    }

    /** Starts Kafka and creates the topics, or checks the partitions of a running stack. */
    static BenchCluster start(StackOptions options, EdgeProgram program) {
        BenchCluster cluster = new BenchCluster(options, program);
        try {
            if (cluster.running == null) {
                TopicAdmin.create(cluster.admin, TopicLayout.local().withPartitions(options.partitions()));
            } else if (TopicAdmin.generation(cluster.admin).partitions() != options.partitions()) {
                throw new BenchFailedException("the log there has "
                        + TopicAdmin.generation(cluster.admin).partitions() + " partitions: say so with --partitions");
            }
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** Kafka's process; null if it was not started here. */
    @Nullable
    JavaProcess kafka() {
        return kafka;
    }

    String bootstrap() {
        return bootstrap;
    }

    /** The offset behind the last record of a partition. */
    long end(String topic, int partition) {
        TopicPartition asked = new TopicPartition(topic, partition);
        try {
            return admin.listOffsets(Map.of(asked, OffsetSpec.latest()))
                    .partitionResult(asked)
                    .get(LIMIT_SECONDS, TimeUnit.SECONDS)
                    .offset();
        } catch (ExecutionException | TimeoutException e) {
            throw new BenchFailedException("Kafka does not tell the end of " + asked, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailedException("interrupted", e);
        }
    }

    /** The log to publish to, with the partitions and linger of the command line. */
    OpenLoopPublisher.Log log() {
        return new OpenLoopPublisher.Log(bootstrap(), options.partitions(), options.lingerMillis());
    }

    /** The tokens of all users, by the user's index. */
    List<String> tokens(LoadUsers users) {
        return IntStream.range(0, users.size())
                .parallel()
                .mapToObj(i -> tokens.token(users.user(i).value()))
                .toList();
    }

    /** Starts an edge and waits until it is ready, or returns the one that runs already. */
    RunningEdge edge() {
        if (running != null) {
            return new RunningEdge(running.edge(), null);
        }
        int management = FreePort.next();
        List<String> arguments = new ArrayList<>(List.of("edge", "--management-port", Integer.toString(management)));
        List<String> settings = new ArrayList<>(List.of(
                "kafka.bootstrapServers=" + bootstrap,
                "topics.partitions=" + options.partitions(),
                "topics.replication=1",
                "topics.minInsyncReplicas=1",
                "auth.keys=" + tokens.file(),
                "http.host=127.0.0.1",
                "http.port=0",
                "management.host=127.0.0.1",
                // All clients come from one address here, and at once.
                "limits.connections=1000000",
                "limits.connectionsPerAddress=1000000",
                "limits.unauthenticated=1000000",
                "limits.connectsPerSecond=1000000",
                "limits.connectBurst=1000000"));
        settings.addAll(options.edgeSettings());
        settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        List<String> jvm = new ArrayList<>(options.edgeJvm());
        jvm.addAll(program.jvm());
        JavaProcess process = launch("edge", program.mainClass(), jvm, arguments);
        return new RunningEdge(URI.create(process.ready()), new RunningEdge.Ours(process, management));
    }

    /** Starts the floor that reads the log with a bare consumer. */
    JavaProcess bareConsumer() {
        Profile profile = options.profile();
        return launch(
                "bare-consumer",
                BareConsumer.class.getName(),
                options.edgeJvm(),
                List.of(
                        bootstrap(),
                        Integer.toString(options.partitions()),
                        Integer.toString(profile.fetchWaitMillis()),
                        Integer.toString(profile.fetchMinBytes())));
    }

    /** Starts the floor that writes frames to sockets. */
    JavaProcess bareSocketServer(Frames frames) {
        return launch(
                "bare-socket-server",
                BareSocketServer.class.getName(),
                options.edgeJvm(),
                List.of(
                        Integer.toString(frames.users()),
                        Integer.toString(frames.size()),
                        Integer.toString(Runtime.getRuntime().availableProcessors()),
                        Integer.toString(frames.missed())));
    }

    /**
     * The frames of a bare server: the number of users, an event's size in the log in bytes, and the number of events
     * that each new connection gets at once.
     */
    record Frames(int users, int size, int missed) {}

    /** The target of a fleet that connects to a bare server. */
    static FleetTarget target(JavaProcess bareSocketServer) {
        return new FleetTarget(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(bareSocketServer.ready())),
                connection -> new FleetTarget.Request("/?user=" + connection.user(), ""));
    }

    private JavaProcess launch(String name, String mainClass, List<String> jvm, List<String> arguments) {
        started++;
        return JavaProcess.launch(
                new JavaProcess.Program(name + "-" + started, mainClass, jvm, arguments), talk, START);
    }

    /** Kills Kafka and deletes the data directory when the benchmark is interrupted. */
    private void abandon() {
        if (kafka != null) {
            kafka.kill();
        }
        delete();
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(abandon);
        admin.close();
        if (kafka != null) {
            kafka.close();
        }
        delete();
    }

    private void delete() {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
