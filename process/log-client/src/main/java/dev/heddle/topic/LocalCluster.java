package dev.heddle.topic;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.topic.TopicLayout;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;

/**
 * A Kafka of this machine only, for development: every configured bootstrap server and every broker that Kafka names is
 * {@code localhost} or a loopback address. A tunnel to a remote cluster is not local, because that cluster names its
 * brokers by other addresses.
 *
 * @param brokers how many brokers run
 */
record LocalCluster(int brokers) {
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?(::1|0:0:0:0:0:0:0:1)]?", Pattern.CASE_INSENSITIVE);
    private static final Pattern PORT = Pattern.compile(":\\d+$");

    /** The cluster that an administrator's client is connected to, if it is a local one. */
    static Optional<LocalCluster> of(Admin admin, KafkaClientSettings kafka) {
        boolean near = Arrays.stream(kafka.bootstrapServers().split(","))
                .map(server -> PORT.matcher(server.strip()).replaceFirst(""))
                .filter(host -> !host.isEmpty())
                .allMatch(LocalCluster::isLoopback);
        if (!near) {
            return Optional.empty();
        }
        Collection<Node> nodes = TopicAdmin.brokers(admin);
        boolean local = !nodes.isEmpty() && nodes.stream().allMatch(node -> isLoopback(node.host()));
        return local ? Optional.of(new LocalCluster(nodes.size())) : Optional.empty();
    }

    private static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host).matches();
    }

    /** The layout with at most as many copies as there are brokers. */
    TopicLayout fitted(TopicLayout wanted) {
        short copies = (short) Math.min(wanted.replication(), brokers);
        short inSync = (short) Math.min(wanted.minInsyncReplicas(), copies);
        return new TopicLayout(wanted.partitions(), copies, inSync, wanted.retention());
    }
}
