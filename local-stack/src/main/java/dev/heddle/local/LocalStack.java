package dev.heddle.local;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.config.Settings;
import dev.heddle.edge.Edge;
import dev.heddle.edge.EdgeConfig;
import dev.heddle.edge.RouteExtension;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import dev.heddle.executor.Executor;
import dev.heddle.executor.ExecutorConfig;
import dev.heddle.kafka.EmbeddedKafka;
import dev.heddle.kafka.EmbeddedKafkaConfig;
import dev.heddle.role.ResourceStack;
import dev.heddle.token.TokenSigner;
import dev.heddle.topic.TopicAdmin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole of Heddle in this process: Kafka, topics, executor, edge and console, on loopback, each configured as it
 * would be alone.
 *
 * <p>Started and closed by one thread; closing goes in the opposite order, so the edge says goodbye while the log is
 * still there. The edge's management port is a free one.
 */
final class LocalStack implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalStack.class);
    private static final String HOST = "127.0.0.1";
    private static final TopicLayout LAYOUT = TopicLayout.local();
    /** The edge's drain time, short because the user waits for the stack to stop and no reconnects must be spread. */
    private static final Duration DRAIN = Duration.ofMillis(500);

    private static final Duration EXECUTOR_LIMIT = Duration.ofSeconds(30);

    private final ResourceStack parts = new ResourceStack();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private int port;
    private String bootstrapServers = "";

    private LocalStack() {}

    /**
     * Starts the stack and waits until it serves.
     *
     * @param publicPort of the edge and the console; 0 for a free one
     * @param kafka with the directory that also keeps the signing key
     */
    static LocalStack start(int publicPort, EmbeddedKafkaConfig kafka) throws Exception {
        refuseTaken(publicPort);
        LocalStack stack = new LocalStack();
        try {
            stack.run(publicPort, kafka);
            return stack;
        } catch (Exception | Error e) {
            stack.close();
            throw e;
        }
    }

    /** Fails at once if the public port is taken, because the edge that needs it starts last. */
    private static void refuseTaken(int publicPort) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), publicPort));
        } catch (IOException e) {
            throw new CommandFailedException("port " + publicPort + " on " + HOST + " is taken", e);
        }
    }

    private void run(int publicPort, EmbeddedKafkaConfig config) throws Exception {
        EmbeddedKafka kafka = EmbeddedKafka.start(config);
        parts.push(kafka);
        forward(kafka.failure());
        bootstrapServers = kafka.bootstrapServers();
        Path keyFile = config.data().resolve(DataLocation.KEYS);
        TokenSigner keys = TokenSigner.readOrCreate(keyFile);
        boolean fresh = prepareTopics(kafka.bootstrapServers());

        KafkaClientSettings clients = KafkaClientSettings.at(kafka.bootstrapServers());
        ExecutorConfig executing = ExecutorConfig.defaults().withKafka(clients);
        if (!fresh) {
            forgetTheKilled(kafka.bootstrapServers(), executing.commands().group());
        }
        Executor executor = Executor.start(executing);
        parts.push(executor);
        forward(executor.ended().handle(LocalStack::endOfExecutor));

        LoopbackOnly door = new LoopbackOnly();
        TokenRoute tokens = new TokenRoute(keys, LAYOUT.partitions(), door);
        ConsolePages console = new ConsolePages(door);
        List<RouteExtension> routes = List.of(tokens::mount, console::mount);
        EdgeConfig serving = Settings.with(
                EdgeConfig.defaults(),
                "http.host=" + HOST,
                "http.port=" + publicPort,
                "management.host=" + HOST,
                "management.port=0",
                "kafka.bootstrapServers=" + kafka.bootstrapServers(),
                "topics.partitions=" + LAYOUT.partitions(),
                "topics.minInsyncReplicas=" + LAYOUT.minInsyncReplicas(),
                "topics.replication=" + LAYOUT.replication(),
                "topics.retention=" + LAYOUT.retention(),
                "sessions.drainWindow=" + DRAIN,
                "auth.keys=" + keyFile,
                "start.rehearsal=0s"); // a developer wants it soon, not fast
        Edge edge = Edge.start(serving, routes);
        parts.push(edge);
        port = edge.port();
        executor.ready().get(EXECUTOR_LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /**
     * Removes the executors of an earlier run from their consumer group, which would otherwise wait for the session of
     * a killed one to end. Kafka has only just started, so a live executor joins again.
     *
     * <p>Not called on a first start: without {@code __consumer_offsets}, Kafka's admin client requests the group's
     * coordinator without a pause, some thousand times until that topic exists, and each request tries to create it.
     */
    private static void forgetTheKilled(String bootstrap, String group) throws InterruptedException {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap))) {
            admin.removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions())
                    .all()
                    .get();
        } catch (ExecutionException e) {
            // There may have been no group; if anything else is wrong, the executor meets it as well.
            LOG.atDebug().setCause(e).log("nobody was taken out of the executors' group");
        }
    }

    private void forward(CompletableFuture<? extends Throwable> end) {
        CompletableFuture<Void> told = end.thenAccept(failure::complete);
        parts.push(() -> told.cancel(false));
    }

    private static Throwable endOfExecutor(@Nullable Void done, @Nullable Throwable broken) {
        return broken == null ? new CommandFailedException("the executor ended") : broken;
    }

    /**
     * Creates missing topics, and fails if topics have another layout, which only another program can have created.
     *
     * @return true if this is a first start
     */
    private static boolean prepareTopics(String bootstrap) {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap))) {
            boolean fresh = TopicAdmin.create(admin, LAYOUT).contains(Topics.AGENT_COMMANDS);
            List<String> problems = TopicAdmin.check(admin, LAYOUT);
            if (!problems.isEmpty()) {
                throw new CommandFailedException("the data directory has another layout: " + problems.get(0));
            }
            return fresh;
        }
    }

    /** The URL of the console and the edge. */
    String url() {
        return "http://" + HOST + ":" + port;
    }

    /** The address of Kafka. */
    String bootstrapServers() {
        return bootstrapServers;
    }

    /** A future that completes with the reason when a part fails that the others need. */
    CompletableFuture<Throwable> failure() {
        return failure;
    }

    @Override
    public void close() {
        parts.close();
    }
}
