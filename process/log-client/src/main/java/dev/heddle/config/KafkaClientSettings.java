package dev.heddle.config;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.network.Selectable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to Kafka: bootstrap servers and the other properties of its clients, such as security.
 *
 * <p>What Heddle's promises rest on ({@link #FIXED}) cannot be set: a value for it is left out, whichever client it was
 * meant for, and a process says so once for each key. The roles set these themselves, or leave them at Kafka's own
 * default.
 *
 * @param bootstrapServers the addresses of Kafka's brokers for the first contact: {@code host:port}, several with
 *     commas
 * @param properties further properties of Kafka's clients, under Kafka's own keys:
 *     {@code kafka.properties.security.protocol}. Properties on which Heddle's promises rest, such as
 *     {@code isolation.level} and {@code acks}, are left out, and the log says so
 */
public record KafkaClientSettings(String bootstrapServers, Map<String, String> properties) {
    /**
     * Sockets whose buffers the system sizes. Kafka's own 64 KiB for what a client receives holds less than one segment
     * of the loopback device: the kernel then drops segments, and their receiver waits for TCP's time-out of 200 ms.
     */
    private static final Map<String, String> SOCKETS = Map.of(
            CommonClientConfigs.RECEIVE_BUFFER_CONFIG, Integer.toString(Selectable.USE_DEFAULT_BUFFER_SIZE),
            CommonClientConfigs.SEND_BUFFER_CONFIG, Integer.toString(Selectable.USE_DEFAULT_BUFFER_SIZE));

    /** The properties that decide on reads, acknowledgements and ownership; a site cannot change them. */
    static final Set<String> FIXED = Set.of(
            "acks",
            "allow.auto.create.topics",
            "auto.commit.interval.ms",
            "auto.offset.reset",
            "check.crcs",
            "enable.auto.commit",
            "enable.idempotence",
            "group.id",
            "group.instance.id",
            "group.protocol",
            "group.remote.assignor",
            "isolation.level",
            "key.deserializer",
            "key.serializer",
            "max.in.flight.requests.per.connection",
            "partition.assignment.strategy",
            "partitioner.class",
            "partitioner.ignore.keys",
            "retries",
            "transaction.timeout.ms",
            "transaction.two.phase.commit.enable",
            "transactional.id",
            "value.deserializer",
            "value.serializer");

    private static final Logger log = LoggerFactory.getLogger(KafkaClientSettings.class);
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    /** Looked at here, for Kafka's clients name a wrong one only in the cause of what they say. */
    private static final Pattern ADDRESS =
            Pattern.compile("[^\\s,]+:(\\d{1,4}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])");

    public KafkaClientSettings {
        if (!areAddresses(bootstrapServers)) {
            throw new IllegalArgumentException(
                    "bootstrapServers must be host:port, several with commas, not '" + bootstrapServers + "'");
        }
        properties = Map.copyOf(properties);
    }

    private static boolean areAddresses(String servers) {
        List<String> each = Arrays.stream(servers.split(",", -1))
                .map(String::strip)
                .filter(server -> !server.isEmpty())
                .toList();
        return !each.isEmpty() && each.stream().allMatch(ADDRESS.asMatchPredicate());
    }

    /**
     * Only the servers.
     *
     * @throws InvalidSettingException if they are no addresses
     */
    public static KafkaClientSettings at(String bootstrapServers) {
        return of(bootstrapServers, Map.of());
    }

    /**
     * The settings of a command line.
     *
     * @throws InvalidSettingException if the servers are no addresses
     */
    public static KafkaClientSettings of(String bootstrapServers, Map<String, String> properties) {
        try {
            return new KafkaClientSettings(bootstrapServers, properties);
        } catch (IllegalArgumentException e) {
            throw new InvalidSettingException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The properties of one client with this id; the caller's own to add to. */
    public Map<String, Object> forClient(String clientId) {
        Map<String, Object> all = new HashMap<>(SOCKETS);
        properties.forEach((key, value) -> {
            if (!FIXED.contains(key)) {
                all.put(key, value);
            } else if (SAID.add(key)) {
                log.atWarn()
                        .addKeyValue("key", key)
                        .log("A Kafka property is ignored, since Heddle's promises rest on its value");
            }
        });
        all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        all.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
        return all;
    }

    /**
     * The properties of one consumer, which commits no offsets by itself, creates no topics, and also returns the
     * records of open transactions, because those are only a fence; the caller's own to add to.
     *
     * @param offsetReset {@code none}, or {@code earliest} where the consumer goes on at the first record if the next
     *     one has expired
     */
    public Map<String, Object> forConsumer(String clientId, String offsetReset) {
        Map<String, Object> all = forClient(clientId);
        all.put("enable.auto.commit", false);
        all.put("auto.offset.reset", offsetReset);
        all.put("isolation.level", "read_uncommitted");
        all.put("allow.auto.create.topics", false);
        return all;
    }
}
