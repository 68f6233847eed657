package dev.heddle.kafka;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The Kafka properties of each node of one cluster, sized for one machine.
 *
 * @param config what the cluster was started with; its properties come last and win
 * @param brokerPorts where clients connect, by node
 * @param controllerPorts where the controllers talk among themselves, by node
 */
record NodeProperties(EmbeddedKafkaConfig config, List<Integer> brokerPorts, List<Integer> controllerPorts) {
    static final String CLIENTS = "PLAINTEXT";
    static final String CONTROLLERS = "CONTROLLER";

    private static final int MIB = 1024 * 1024;

    Map<String, String> of(int node, Path logDirectory) {
        Map<String, String> all = new HashMap<>();
        all.putAll(identity(node, logDirectory));
        all.putAll(internalTopics());
        all.putAll(smallMachine());
        all.putAll(promptness());
        all.putAll(config.properties());
        return all;
    }

    private Map<String, String> identity(int node, Path logDirectory) {
        String voters = IntStream.range(0, controllerPorts.size())
                .mapToObj(voter -> voter + "@" + LoopbackPorts.HOST + ":" + controllerPorts.get(voter))
                .collect(Collectors.joining(","));
        String clients = CLIENTS + "://" + LoopbackPorts.HOST + ":" + brokerPorts.get(node);
        String controllers = CONTROLLERS + "://" + LoopbackPorts.HOST + ":" + controllerPorts.get(node);
        return Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                Integer.toString(node),
                "log.dirs",
                logDirectory.toString(),
                // Static voters, read from here at each start: the ports may differ from the last run's.
                "controller.quorum.voters",
                voters,
                "listeners",
                clients + "," + controllers,
                "advertised.listeners",
                clients,
                "listener.security.protocol.map",
                CLIENTS + ":PLAINTEXT," + CONTROLLERS + ":PLAINTEXT",
                "inter.broker.listener.name",
                CLIENTS,
                "controller.listener.names",
                CONTROLLERS,
                "auto.create.topics.enable",
                "false");
    }

    private Map<String, String> internalTopics() {
        String replication = Integer.toString(Math.min(3, config.brokers()));
        String inSync = Integer.toString(Math.min(2, config.brokers()));
        return Map.of(
                "offsets.topic.num.partitions", "4",
                "offsets.topic.replication.factor", replication,
                "transaction.state.log.num.partitions", "4",
                "transaction.state.log.replication.factor", replication,
                "transaction.state.log.min.isr", inSync,
                "share.coordinator.state.topic.num.partitions", "1",
                "share.coordinator.state.topic.replication.factor", replication,
                "share.coordinator.state.topic.min.isr", inSync);
    }

    private static Map<String, String> smallMachine() {
        Map<String, String> small = new HashMap<>();
        small.put("num.network.threads", "2");
        // Sized by the system: two of the loopback device's segments find no room in Kafka's own 100 KiB, and one that
        // the kernel drops comes again after 200 ms.
        small.put("socket.receive.buffer.bytes", "-1");
        small.put("socket.send.buffer.bytes", "-1");
        small.put("replica.socket.receive.buffer.bytes", "-1");
        small.put("num.io.threads", "4");
        small.put("background.threads", "2");
        small.put("num.replica.fetchers", "1");
        small.put("num.recovery.threads.per.data.dir", "2");
        small.put("group.coordinator.threads", "1");
        small.put("transaction.state.log.segment.bytes", Integer.toString(8 * MIB));
        small.put("transaction.state.log.load.buffer.size", Integer.toString(MIB));
        small.put("offsets.topic.segment.bytes", Integer.toString(8 * MIB));
        small.put("offsets.load.buffer.size", Integer.toString(MIB));
        small.put("log.segment.bytes", Integer.toString(64 * MIB));
        // Enough for a segment of that size (an entry of 8 or 12 bytes every 4 KiB), and mapped for each partition.
        small.put("log.index.size.max.bytes", Integer.toString(MIB / 2));
        small.put("log.preallocate", "false");
        small.put("log.cleaner.threads", "1");
        small.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 * MIB));
        // Several brokers in one JVM would fight over the names of the beans.
        small.put("metric.reporters", "");
        return small;
    }

    /**
     * The properties that make restarts quick. A returning broker is refused until its earlier session ends, also after
     * a crash, so sessions are short (Kafka's default is 9 s). A stall as long as a session fences a broker until its
     * next heartbeat, and clients retry. Group members may ask for sessions of 1 s and more.
     */
    private static Map<String, String> promptness() {
        return Map.of(
                "group.initial.rebalance.delay.ms", "0",
                "group.min.session.timeout.ms", "1000",
                "broker.heartbeat.interval.ms", "500",
                "broker.session.timeout.ms", "2000",
                "controller.quorum.election.timeout.ms", "500",
                "controller.quorum.election.backoff.max.ms", "300",
                "replica.fetch.wait.max.ms", "100",
                "controlled.shutdown.enable", "true");
    }
}
