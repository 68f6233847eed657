package dev.heddle.executor;

import dev.heddle.agents.AgentRegistry;
import dev.heddle.agents.Publisher;
import dev.heddle.agents.ToolRunner;
import dev.heddle.concurrent.DaemonThreads;
import dev.heddle.config.Settings;
import dev.heddle.event.EventIds;
import dev.heddle.event.Generation;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import dev.heddle.role.ManagementServer;
import dev.heddle.topic.LargestRecords;
import dev.heddle.topic.StartCheck;
import dev.heddle.topic.TopicAdmin;
import dev.heddle.trace.Tracing;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The composition root of an executor: it builds, connects, starts and stops the parts. */
public final class AgentRuntime implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AgentRuntime.class);
    private static final int STOP_SECONDS = 30;
    /** The most bytes of commands in one fetch from one broker; decoded, they take more for a moment. */
    private static final int FETCHED = 8 << 20;
    /**
     * The most partitions that are taken over at once; a partition that Kafka does not answer for holds its thread for
     * a while.
     */
    private static final int RECOVERERS = 16;
    /** The most partitions from which AG-UI threads are read back at once. */
    private static final int READERS = 4;

    private final ExecutorConfig config;
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ThreadPoolExecutor dispatch = threads(1, "heddle-dispatch");
    private final ThreadPoolExecutor recovery = threads(RECOVERERS, "heddle-recovery");
    private final ThreadPoolExecutor reading = threads(READERS, "heddle-threads");
    private final StuckThreads stuckThreads;
    private final ThreadPoolExecutor tools;
    private final StartOffsets starts;
    private final Tracing tracing;
    private final PartitionFences fences;
    private final RunLauncher launcher;
    private final Dispatcher dispatcher;
    private final CommandLoop commands;
    private final StatusAnnouncer status;
    private final @Nullable ManagementServer management;
    private volatile boolean stopping;

    private AgentRuntime(ExecutorConfig config, AgentRegistry agents) {
        this.config = config;
        InstantSource clock = InstantSource.system();
        ExecutorMetrics metrics = new ExecutorMetrics(meters);
        Publisher.describe(meters);
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        this.tracing = Tracing.open(config.tracing(), "heddle-executor");
        this.stuckThreads = new StuckThreads(config.runs().maxLostThreads());
        ExecutorMetrics.show(stuckThreads, meters);
        this.tools = new ToolThreads(stuckThreads);
        HistoryReaders readers = new HistoryReaders(config.kafka(), metrics::unreadable);

        this.fences = new PartitionFences(config, new Publisher.Telemetry(meters, tracing));
        this.launcher = new RunLauncher(
                agents, config.runs(), new ToolRunner(tools, config.tools(), metrics::tool), clock, metrics, tracing);
        this.status = new StatusAnnouncer(config.kafka(), config.status(), agents, clock);
        this.dispatcher = new Dispatcher(
                dispatch,
                config,
                launcher,
                new RunPreparation(
                        agents, metrics, new KnownMessages(config.threads().remembered())),
                new ThreadReader(
                        readers,
                        reading,
                        later(reading),
                        () -> new ThreadFold(config.threads().stateBytes())),
                new Takeover(readers, fences, recovery, later(recovery)),
                new CommandReplies(clock),
                new OrphanedRuns(clock),
                running -> status.changed(load(running)),
                stuckThreads,
                metrics);
        this.starts = new StartOffsets(config, clock);
        this.commands = new CommandLoop(consumer(config), dispatcher, fences, starts, config, metrics);
        this.management = config.management().port() == ExecutorConfig.Management.NONE
                ? null
                : ManagementServer.start(
                        config.management().host(),
                        config.management().port(),
                        new ManagementServer.Health(this::isLive, this::missing),
                        meters);
    }

    /**
     * Starts and returns at once; {@link #ready} tells when commands are taken.
     *
     * @throws IllegalStateException if the topics are not as configured
     * @throws dev.heddle.topic.TopicException if they are missing, or Kafka does not answer within 10 s
     * @throws dev.heddle.role.RoleException if the management port cannot be opened
     */
    public static AgentRuntime start(ExecutorConfig config, AgentRegistry agents) {
        checkTopics(config);
        AgentRuntime runtime = new AgentRuntime(named(config), agents);
        runtime.begin();
        return runtime;
    }

    private static ExecutorConfig named(ExecutorConfig config) {
        return config.status().executorId().isEmpty()
                ? Settings.with(config, "status.executorId=executor-" + EventIds.next())
                : config;
    }

    private static void checkTopics(ExecutorConfig config) {
        int configured = config.publisher().partitions();
        try (Admin admin = TopicAdmin.open(config.kafka(), "heddle-executor-start")) {
            new StartCheck(
                            config.kafka(),
                            TopicLayout.production().withPartitions(configured),
                            new LargestRecords(
                                    config.publisher().bounds().eventBytes().toInt(), 0))
                    .prepare(admin);
        }
        Generation generation = TopicAdmin.generation(config.kafka(), "heddle-executor-check");
        if (generation.partitions() != configured) {
            throw new IllegalStateException("topic " + Topics.AGENT_EVENTS + " has " + generation.partitions()
                    + " partitions, but publisher.partitions is " + configured);
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(ExecutorConfig config) {
        Map<String, Object> properties = config.kafka().forConsumer("heddle-executor", "earliest");
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, config.commands().group());
        properties.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        properties.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
        properties.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCHED);
        properties.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static Executor later(Executor threads) {
        return CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, threads);
    }

    private static ThreadPoolExecutor threads(int count, String name) {
        return new ThreadPoolExecutor(
                count,
                count,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                DaemonThreads.numbered(name),
                new ThreadPoolExecutor.DiscardPolicy());
    }

    private void begin() {
        DaemonThreads.numbered("heddle-commands").newThread(commands).start();
        status.start();
    }

    private StatusAnnouncer.Load load(int running) {
        return new StatusAnnouncer.Load(running, config.runs().maxConcurrent());
    }

    /** Registers the meters of an executor that does not run; the metrics page is generated from them. */
    public static void describe(MeterRegistry meters) {
        ExecutorMetrics unused = new ExecutorMetrics(meters);
        ExecutorMetrics.show(new StuckThreads(1), meters);
        Publisher.describe(meters);
    }

    /** Completes when commands are taken; fails if the executor cannot work. */
    public CompletableFuture<Void> ready() {
        return commands.consuming();
    }

    /** Completes when commands are no longer taken: with a failure if the executor was not asked to stop. */
    public CompletableFuture<Void> ended() {
        return commands.ended();
    }

    public boolean isLive() {
        return !commands.ended().isDone();
    }

    /** True if commands are taken and Kafka has answered lately. */
    public boolean isReady() {
        return missing().isEmpty();
    }

    /** The conditions of readiness that are not met, by the names that the management port shows. */
    private List<String> missing() {
        if (stopping) {
            return List.of("stopping");
        }
        List<String> missing = new ArrayList<>();
        if (!isLive() || !commands.consuming().isDone()) {
            missing.add("commands");
        } else if (!commands.hasClaimedAll()) {
            missing.add("partitions");
        }
        if (stuckThreads.isFull()) {
            missing.add("threads");
        }
        if (!status.isHeard()) {
            missing.add("kafka");
        }
        return missing;
    }

    /** The port of health and metrics, or {@link ExecutorConfig.Management#NONE}. */
    public int managementPort() {
        return management == null ? ExecutorConfig.Management.NONE : management.port();
    }

    /**
     * Lets runs finish for a while, ends the others or leaves them to an executor that can go on, and gives its
     * partitions up.
     */
    @Override
    public synchronized void close() {
        if (stopping) {
            return;
        }
        stopping = true;
        status.leaving();
        await("runs to finish", dispatcher.drain(), config.runs().drain().toMillis());
        commands.stop();
        await("the command loop", commands.ended(), TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        status.close();
        launcher.close();
        dispatch.shutdown();
        recovery.shutdownNow();
        reading.shutdownNow();
        tools.shutdownNow();
        fences.close();
        starts.close();
        tracing.close();
        if (management != null) {
            management.close();
        }
    }

    private static void await(String what, CompletableFuture<Void> done, long millis) {
        try {
            done.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.atInfo().addKeyValue("what", what).log("Not waiting any longer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
