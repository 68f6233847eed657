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
 * <p>All calls may come from any thread and wait for their end; they exclude each other. Whatever goes wrong is an
 * {@link EmbeddedKafkaException} of one line. Kafka never ends the process: see {@link #failure()}.
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

    /** Starts the cluster and returns when every broker of it serves. */
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

    /** How many brokers the cluster has, running or not. */
    public int brokers() {
        return nodes.length;
    }

    /** Completes, on one of Kafka's threads, with the reason if Kafka gives up (a disk that is full, say). */
    public CompletableFuture<EmbeddedKafkaException> failure() {
        return faults.fatal().copy();
    }

    /** Stops one broker and the controller beside it, as a machine would that is shut down; does nothing if it is. */
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
     * Brokers first, controllers after them: a broker that stops tells the controllers so, and waits for their answer.
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

    /** Stops every broker, handing nothing over that nobody is left to take; the data stay. */
    @Override
    public synchronized void close() {
        faults.close();
        stop(Arrays.stream(nodes).filter(Objects::nonNull).toList());
        Arrays.fill(nodes, null);
        directory.close();
    }
}
