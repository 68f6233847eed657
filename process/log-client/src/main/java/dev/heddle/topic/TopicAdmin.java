package dev.heddle.topic;

import dev.heddle.config.InvalidSettingException;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.Generation;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Creates the topics and compares existing ones with the layout. Each call blocks its thread for at most
 * {@value #SECONDS} seconds a request and fails with {@link TopicException}.
 */
public final class TopicAdmin {
    private static final int SECONDS = 30;
    /** The time limit of a request in ms, for a starting role and for a command typed by hand. */
    private static final int PATIENCE_MILLIS = 10_000;

    private static final long PAUSE_NANOS = 10_000_000;
    private static final String APPEND_TIME = "LogAppendTime";

    private TopicAdmin() {}

    /**
     * Creates missing topics and leaves existing ones unchanged, except that a revocations topic of an earlier version
     * gets Kafka's append time. {@link #check} compares existing ones with the layout. Waits until each new partition
     * has a leader that answers, which is a moment after Kafka's reply.
     *
     * @return the names of the created topics
     */
    public static List<String> create(Admin admin, TopicLayout layout) {
        return create(admin, layout, LargestRecords.NONE);
    }

    /** Creates missing topics, with limits that records of these sizes fit into. */
    public static List<String> create(Admin admin, TopicLayout layout, LargestRecords largest) {
        List<NewTopic> wanted = newTopics(layout, largest);
        List<String> made = new ArrayList<>();
        CreateTopicsResult result = admin.createTopics(wanted);
        result.values().forEach((name, done) -> await(
                        "cannot create topic " + name, done.thenApply(nothing -> name), TopicExistsException.class)
                .ifPresent(made::add));
        awaitLeaders(
                admin,
                wanted.stream().filter(topic -> made.contains(topic.name())).toList());
        useAppendTime(admin, Topics.AGENT_REVOCATIONS);
        return List.copyOf(made);
    }

    /**
     * Lets each existing topic of the layout keep its records for at least the layout's retention. Never shortens one.
     *
     * @return the names of the changed topics
     */
    public static List<String> raiseRetention(Admin admin, TopicLayout layout) {
        List<TopicSpec> specs = TopicSpec.all(layout);
        Map<String, FoundTopic> found =
                found(admin, specs.stream().map(TopicSpec::name).toList());
        List<String> raised = new ArrayList<>();
        for (TopicSpec spec : specs) {
            FoundTopic topic = found.get(spec.name());
            String retention = spec.config().get(TopicConfig.RETENTION_MS_CONFIG);
            if (topic != null && retention != null && TopicCheck.isTooShort(topic, retention)) {
                set(admin, spec.name(), new ConfigEntry(TopicConfig.RETENTION_MS_CONFIG, retention));
                raised.add(spec.name());
            }
        }
        return List.copyOf(raised);
    }

    private static void set(Admin admin, String topic, ConfigEntry entry) {
        AlterConfigOp set = new AlterConfigOp(entry, AlterConfigOp.OpType.SET);
        await(
                "cannot configure topic " + topic,
                admin.incrementalAlterConfigs(Map.of(resource(topic), List.of(set)))
                        .all()
                        .thenApply(nothing -> topic));
    }

    /**
     * Gives a topic's records Kafka's append time, if an earlier version of Heddle created it with the producers'
     * times.
     */
    private static void useAppendTime(Admin admin, String topic) {
        if (hasAppendTime(admin, topic)) {
            return;
        }
        set(admin, topic, new ConfigEntry(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, APPEND_TIME));
        long begun = System.nanoTime();
        while (!hasAppendTime(admin, topic) && System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(SECONDS)) {
            LockSupport.parkNanos(admin, PAUSE_NANOS); // brokers hear of it a moment later
        }
    }

    private static boolean hasAppendTime(Admin admin, String topic) {
        FoundTopic found = found(admin, List.of(topic)).get(topic);
        return found == null || APPEND_TIME.equals(found.config().get(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG));
    }

    private static List<NewTopic> newTopics(TopicLayout layout, LargestRecords largest) {
        List<NewTopic> topics = new ArrayList<>();
        for (TopicSpec spec : TopicSpec.all(layout)) {
            Map<String, String> config = new HashMap<>(spec.config());
            int limit = largest.limitToSet(spec.name());
            if (limit > 0) {
                config.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(limit));
            }
            topics.add(new NewTopic(spec.name(), spec.partitions(), spec.replication()).configs(config));
        }
        return topics;
    }

    /** Waits until every partition has a leader that answers, also of topics that other processes have created. */
    static void awaitAll(Admin admin, TopicLayout layout) {
        awaitLeaders(admin, newTopics(layout, LargestRecords.NONE));
    }

    /** The brokers that run. */
    public static Collection<Node> brokers(Admin admin) {
        return await("cannot ask for the brokers", admin.describeCluster().nodes());
    }

    /**
     * Waits for the partitions' leaders: a broker knows of a topic a moment after the controller has created it, and
     * leads its partitions a moment later.
     */
    private static void awaitLeaders(Admin admin, List<NewTopic> topics) {
        long begun = System.nanoTime();
        while (!topics.isEmpty() && !isLed(admin, topics)) {
            if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(SECONDS)) {
                throw new TopicException("the new topics have no leaders after " + SECONDS + " s");
            }
            LockSupport.parkNanos(admin, PAUSE_NANOS);
        }
    }

    private static boolean isLed(Admin admin, List<NewTopic> topics) {
        List<String> names = topics.stream().map(NewTopic::name).toList();
        Optional<Map<String, TopicDescription>> described = await(
                "cannot describe the new topics",
                admin.describeTopics(names).allTopicNames(),
                RetriableException.class);
        if (described.isEmpty()
                || described.get().values().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .anyMatch(partition -> partition.leader() == null)) {
            return false;
        }
        // Only a leader tells the end of a partition; the client asks until one does.
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        described.get().forEach((name, topic) -> topic.partitions()
                .forEach(partition -> ends.put(new TopicPartition(name, partition.partition()), OffsetSpec.latest())));
        return await("the new topics have no leaders", admin.listOffsets(ends).all(), RetriableException.class)
                .isPresent();
    }

    /** One line for each relevant difference from the layout; empty if there is none. */
    public static List<String> check(Admin admin, TopicLayout layout) {
        List<String> names = TopicSpec.all(layout).stream().map(TopicSpec::name).toList();
        return TopicCheck.problems(found(admin, names), layout);
    }

    /** One line for each topic that refuses records of these sizes. */
    public static List<String> sizeProblems(Admin admin, LargestRecords largest) {
        return largest.equals(LargestRecords.NONE)
                ? List.of()
                : largest.problems(found(admin, List.of(Topics.AGENT_EVENTS, Topics.AGENT_COMMANDS)));
    }

    private static Map<String, FoundTopic> found(Admin admin, List<String> names) {
        Map<String, TopicDescription> topics = new LinkedHashMap<>();
        admin.describeTopics(names).topicNameValues().forEach((name, described) -> {
            await("cannot describe topic " + name, described, UnknownTopicOrPartitionException.class)
                    .ifPresent(topic -> topics.put(name, topic));
        });
        List<ConfigResource> resources =
                topics.keySet().stream().map(TopicAdmin::resource).toList();
        Map<String, FoundTopic> found = new HashMap<>();
        admin.describeConfigs(resources).values().forEach((resource, described) -> {
            String name = resource.name();
            TopicDescription topic = Objects.requireNonNull(topics.get(name));
            await("cannot read the configuration of topic " + name, described, UnknownTopicOrPartitionException.class)
                    .ifPresent(config -> found.put(name, found(topic, config)));
        });
        return found;
    }

    /**
     * One line for each partition without a leader or with too few copies in sync; empty if there is none. It covers
     * every topic, Kafka's internal ones included, because a fleet needs its groups and transactions too.
     */
    public static List<String> lacking(Admin admin) {
        Set<String> names = await(
                        "cannot list the topics",
                        admin.listTopics(new ListTopicsOptions().listInternal(true))
                                .names(),
                        UnknownTopicOrPartitionException.class)
                .orElse(Set.of());
        Map<String, TopicDescription> described = await(
                        "cannot describe the topics",
                        admin.describeTopics(names).allTopicNames(),
                        UnknownTopicOrPartitionException.class)
                .orElse(Map.of());
        List<String> lines = new ArrayList<>();
        new TreeMap<>(described).forEach((name, topic) -> {
            for (TopicPartitionInfo partition : topic.partitions()) {
                int copies = partition.replicas().size();
                int inSync = partition.isr().size();
                if (partition.leader() == null || inSync < copies) {
                    lines.add(name + " " + partition.partition() + ": " + inSync + " of " + copies + " copies in sync"
                            + (partition.leader() == null ? ", no leader" : ""));
                }
            }
        });
        return List.copyOf(lines);
    }

    /**
     * Opens an admin client that gives up on each request after 10 s. The caller closes it.
     *
     * @throws InvalidSettingException if Kafka's clients do not take its properties
     * @throws TopicException if there is no such host
     */
    public static Admin open(KafkaClientSettings kafka, String clientId) {
        Map<String, Object> properties = kafka.forClient(clientId);
        properties.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        properties.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS / 2);
        try {
            return Admin.create(properties);
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (e instanceof ConfigException) {
                throw new InvalidSettingException("setting kafka.properties: " + e.getMessage(), e);
            }
            throw new TopicException(
                    "Kafka cannot be asked at " + kafka.bootstrapServers() + ": " + cause.getMessage(), e);
        }
    }

    /**
     * The generation of the present log, read with an admin client of its own.
     *
     * @throws InvalidSettingException if Kafka's clients do not take its properties
     * @throws TopicException if Kafka does not answer within 10 s, or the topic is missing
     */
    public static Generation generation(KafkaClientSettings kafka, String clientId) {
        Admin admin = open(kafka, clientId);
        try {
            return named(kafka, () -> generation(admin));
        } finally {
            admin.close(Duration.ZERO);
        }
    }

    /** Runs a request, and adds Kafka's address to the message if Kafka failed to answer. */
    static <T> T named(KafkaClientSettings kafka, Supplier<T> question) {
        try {
            return question.get();
        } catch (TopicException e) {
            if (e.getCause() == null) {
                throw e;
            }
            throw new TopicException("Kafka cannot be asked at " + kafka.bootstrapServers() + ": " + e.getMessage(), e);
        }
    }

    /** The generation of the present log. */
    public static Generation generation(Admin admin) {
        String name = Topics.AGENT_EVENTS;
        KafkaFuture<TopicDescription> described = Objects.requireNonNull(
                admin.describeTopics(List.of(name)).topicNameValues().get(name));
        TopicDescription topic = await(
                        "cannot describe topic " + name, described, UnknownTopicOrPartitionException.class)
                .orElseThrow(() -> new TopicException("topic " + name + " is missing: heddle topics create makes it"));
        return generationOf(topic);
    }

    /** The generation of a described topic. */
    public static Generation generationOf(TopicDescription topic) {
        UUID id = new UUID(
                topic.topicId().getMostSignificantBits(), topic.topicId().getLeastSignificantBits());
        return new Generation(id, topic.partitions().size());
    }

    private static FoundTopic found(TopicDescription topic, Config config) {
        int replicas = topic.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
        Map<String, String> values = new HashMap<>();
        for (ConfigEntry entry : config.entries()) {
            if (entry.value() != null) {
                values.put(entry.name(), entry.value());
            }
        }
        return new FoundTopic(topic.partitions().size(), replicas, values);
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    /** Waits for a result; empty if there is none or the request failed with the expected exception. */
    private static <T> Optional<T> await(String what, KafkaFuture<T> future, Class<? extends Exception> expected) {
        try {
            return Optional.ofNullable(await(what, future));
        } catch (TopicException e) {
            if (e.getCause() instanceof ExecutionException failed && expected.isInstance(failed.getCause())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static <T> T await(String what, KafkaFuture<T> future) {
        try {
            return future.get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new TopicException(what + ": " + reason(e), e);
        } catch (TimeoutException e) {
            throw new TopicException(what + ": no answer within " + SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TopicException(what + ": interrupted", e);
        }
    }

    private static String reason(ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
