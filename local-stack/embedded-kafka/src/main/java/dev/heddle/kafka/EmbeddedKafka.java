package dev.heddle.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka cluster of one to three brokers inside this process, on loopback, with its data in a directory that a later
 * start continues.
 *
 * <p>Any thread may call any method. Calls block and exclude each other. Every failure is an
 * {@link EmbeddedKafkaException} with a message of one line. Kafka never ends the process: see {@link #failure()}.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    private final DataDirectory directory;
    private final NodeProperties properties;
    private final KafkaFaults faults;
    private final @Nullable BrokerNode[] nodes;

    private EmbeddedKafka(DataDirectory directory, NodeProperties properties, KafkaFaults faults) {
        this.directory = directory;
        this.properties = properties;
        this.faults = faults;
        this.nodes = new BrokerNode[properties.config().brokers()];
    }

    /** Starts the cluster and waits until each of its brokers serves. */
    public static EmbeddedKafka start(EmbeddedKafkaConfig config) {
        DataDirectory directory = DataDirectory.open(config.data(), config.brokers());
        KafkaFaults faults = KafkaFaults.watch();
        try (LoopbackPorts ports = new LoopbackPorts()) {
            NodeProperties properties = new NodeProperties(
                    config,
                    each(config, node -> ports.reserve(config.port() == 0 ? 0 : config.port() + node)),
                    each(config, node -> ports.reserve(0)));
            EmbeddedKafka kafka = new EmbeddedKafka(directory, properties, faults);
            kafka.startNodes(each(config, node -> node), ports);
            return kafka;
        } catch (RuntimeException | Error e) {
            faults.close();
            directory.close();
            throw e;
        }
    }

    private static List<Integer> each(EmbeddedKafkaConfig config, IntUnaryOperator value) {
        return IntStream.range(0, config.brokers()).map(value).boxed().toList();
    }

    /** {@code host:port} of every broker, running or not, joined by commas. */
    public String bootstrapServers() {
        return properties.brokerPorts().stream()
                .map(port -> LoopbackPorts.HOST + ":" + port)
                .collect(Collectors.joining(","));
    }

    /** The number of brokers of the cluster, running or not. */
    public int brokers() {
        return nodes.length;
    }

    /**
     * A future that completes with the reason if Kafka gives up (because a disk is full, say), on one of Kafka's
     * threads.
     */
    public CompletableFuture<EmbeddedKafkaException> failure() {
        return faults.fatal().copy();
    }

    /**
     * Stops one broker and the controller beside it, as shutting its machine down would; does nothing if it is stopped.
     */
    public synchronized void stopBroker(int index) {
        BrokerNode node = nodes[index];
        if (node != null) {
            nodes[index] = null;
            stop(List.of(node));
        }
    }

    /**
     * Starts a stopped broker again, on the same port and the same data; does nothing if it runs.
     *
     * <p>Returns when the broker serves, so a majority of the nodes must run, this one included.
     */
    public synchronized void startBroker(int index) {
        if (nodes[index] != null) {
            return;
        }
        try (LoopbackPorts ports = new LoopbackPorts()) {
            ports.reserve(properties.brokerPorts().get(index));
            ports.reserve(properties.controllerPorts().get(index));
            startNodes(List.of(index), ports);
        }
    }

    private void startNodes(List<Integer> indexes, LoopbackPorts ports) {
        List<BrokerNode> starting = new ArrayList<>();
        try {
            for (int index : indexes) {
                BrokerNode node = BrokerNode.prepare(
                        directory.clusterId(), properties.of(index, directory.ofNode(index)), ports, faults);
                starting.add(node);
                nodes[index] = node;
            }
            // Together, because none is ready before a majority is.
            together(starting, BrokerNode::start, START_LIMIT);
        } catch (RuntimeException e) {
            indexes.forEach(index -> nodes[index] = null);
            stop(starting);
            throw failed(e);
        }
    }

    /**
     * Stops all brokers before the controllers, because a stopping broker notifies the controllers and waits for their
     * answer.
     */
    private static void stop(List<BrokerNode> running) {
        try {
            together(running, BrokerNode::stopBroker, STOP_LIMIT);
            together(running, BrokerNode::stopController, STOP_LIMIT);
        } catch (EmbeddedKafkaException e) {
            LOG.atWarn().setCause(e).log("embedded Kafka did not stop cleanly");
        }
    }

    private static void together(List<BrokerNode> nodes, Consumer<BrokerNode> step, Duration limit) {
        if (nodes.isEmpty()) {
            return;
        }
        ExecutorService threads = Executors.newFixedThreadPool(nodes.size(), EmbeddedKafka::lifecycleThread);
        try {
            List<Future<?>> steps = new ArrayList<>();
            nodes.forEach(node -> steps.add(threads.submit(() -> step.accept(node))));
            for (Future<?> each : steps) {
                each.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (ExecutionException e) {
            throw failed(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw new EmbeddedKafkaException("Kafka took longer than " + limit.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedKafkaException("interrupted while waiting for Kafka", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static EmbeddedKafkaException failed(Throwable cause) {
        if (cause instanceof EmbeddedKafkaException known) {
            return known;
        }
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String why = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return new EmbeddedKafkaException("Kafka failed: " + why, cause);
    }

    private static Thread lifecycleThread(Runnable work) {
        Thread thread = new Thread(work, "embedded-kafka-lifecycle");
        thread.setDaemon(true);
        return thread;
    }

    /** Stops every broker and controller; the data stay. */
    @Override
    public synchronized void close() {
        faults.close();
        stop(Arrays.stream(nodes).filter(Objects::nonNull).toList());
        Arrays.fill(nodes, null);
        directory.close();
    }
}
