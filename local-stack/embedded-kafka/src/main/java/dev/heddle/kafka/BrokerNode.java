package dev.heddle.kafka;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import kafka.raft.KafkaRaftManager;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server$;
import kafka.server.SharedServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * One node of the cluster, controller and broker in one, from its start to its stop; a restart makes a new object.
 *
 * <p>Kafka's own {@code KafkaRaftServer} does the same, but offers neither its fault handlers nor its sockets to be
 * replaced, and stops broker and controller in one go, which a cluster in one process cannot do (see
 * {@link EmbeddedKafka#close()}).
 */
final class BrokerNode {
    /** The time limit of a broker's handover of leadership; without a quorum no node can take it. */
    private static final Duration CONTROLLED_SHUTDOWN = Duration.ofSeconds(3);

    /** The time for another node's election, which takes a few hundred milliseconds if there is another node. */
    private static final Duration SUCCESSION = Duration.ofSeconds(1);

    private final SharedServer shared;
    private final ControllerServer controller;
    private final BrokerServer broker;

    private BrokerNode(SharedServer shared, BootstrapMetadata bootstrap) {
        this.shared = shared;
        this.controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), bootstrap);
        this.broker = new BrokerServer(shared);
    }

    /** Creates the node without starting it, and formats its log directory if that is new. */
    static BrokerNode prepare(
            String clusterId, Map<String, String> properties, LoopbackPorts ports, KafkaFaults faults) {
        KafkaConfig config = new KafkaConfig(properties, false);
        format(clusterId, config);
        Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> found =
                KafkaRaftServer.initializeLogDirs(config, LoggerFactory.getLogger(BrokerNode.class), "");
        SharedServer shared = new SharedServer(
                config,
                found._1(),
                Time.SYSTEM,
                Server$.MODULE$.initializeMetrics(config, Time.SYSTEM, clusterId),
                CompletableFuture.completedFuture(
                        QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
                List.of(),
                faults,
                ports);
        return new BrokerNode(shared, found._2());
    }

    private static void format(String clusterId, KafkaConfig config) {
        PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        try {
            new Formatter()
                    .setPrintStream(silent)
                    .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setClusterId(clusterId)
                    .setNodeId(config.nodeId())
                    .setControllerListenerName(NodeProperties.CONTROLLERS)
                    .setMetadataLogDirectory(config.metadataLogDir())
                    .addDirectory(config.metadataLogDir())
                    .setIgnoreFormatted(true)
                    .run();
        } catch (Exception e) {
            throw new EmbeddedKafkaException(
                    "data directory " + config.metadataLogDir() + " cannot be formatted: " + e.getMessage(), e);
        }
    }

    /**
     * Starts the node and waits until its broker serves, which needs a majority of the nodes to be starting or running.
     */
    void start() {
        controller.startup();
        broker.startup();
    }

    /** Hands this broker's leadership over and stops the broker; its controller goes on. */
    void stopBroker() {
        broker.shutdown(CONTROLLED_SHUTDOWN);
    }

    /**
     * Stops the controller, after {@link #stopBroker()}.
     *
     * <p>A leader of the quorum waits five seconds for a successor, in vain when all nodes stop; a second, shorter
     * request takes the place of the first.
     */
    void stopController() {
        KafkaRaftManager<ApiMessageAndVersion> raft = shared.raftManager();
        CompletableFuture<Void> impatience = CompletableFuture.runAsync(
                () -> resignAtOnce(raft),
                CompletableFuture.delayedExecutor(SUCCESSION.toMillis(), TimeUnit.MILLISECONDS));
        try {
            controller.shutdown();
            shared.stopForBroker();
            shared.stopForController();
        } finally {
            impatience.cancel(false);
        }
    }

    private static void resignAtOnce(@Nullable KafkaRaftManager<ApiMessageAndVersion> raft) {
        if (raft != null) {
            raft.client().shutdown(1).exceptionally(late -> null);
        }
    }
}
