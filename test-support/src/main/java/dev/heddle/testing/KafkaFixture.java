package dev.heddle.testing;

import static org.awaitility.Awaitility.await;

import dev.heddle.kafka.EmbeddedKafkaConfig;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real Kafka for tests, one for all test classes of a JVM.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final KafkaFixture KAFKA = KafkaFixture.shared();
 * }</pre>
 *
 * <p>It is embedded by default. With {@code -Dheddle.test.kafka=container} it runs in Docker, and tests are skipped
 * visibly if there is no Docker; {@code auto} uses Docker if there is one. Tests share it, so they use topics of their
 * own ({@link #newTopic}) or, for topics with fixed names, users of their own. A test that stops brokers or needs an
 * empty log uses a {@link #freshCluster()}, which is always embedded.
 */
public final class KafkaFixture implements BeforeAllCallback, ExecutionCondition {
    private static final long LIMIT_SECONDS = 30;

    private volatile @Nullable SharedKafka kafka;

    private KafkaFixture() {}

    public static KafkaFixture shared() {
        return new KafkaFixture();
    }

    /** Starts a cluster of one broker for this test alone; the test closes it. */
    public static FreshCluster freshCluster() {
        return freshCluster(config -> config);
    }

    /**
     * Starts a cluster for this test alone, say of three brokers: {@code freshCluster(config ->
     * config.withBrokers(3))}.
     */
    public static FreshCluster freshCluster(UnaryOperator<EmbeddedKafkaConfig> choice) {
        return FreshCluster.start(choice);
    }

    /** Skips the tests visibly if Docker was requested and there is none. */
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return SharedKafka.isPossible(System.getProperty(SharedKafka.SWITCH))
                ? ConditionEvaluationResult.enabled("Kafka can run")
                : ConditionEvaluationResult.disabled(
                        "-D" + SharedKafka.SWITCH + "=container, and there is no Docker here");
    }

    /** Starts the shared Kafka if this is the first class of the JVM to need it; JUnit closes it after the last one. */
    @Override
    public void beforeAll(ExtensionContext context) {
        kafka = context.getRoot()
                .getStore(ExtensionContext.Namespace.create(KafkaFixture.class))
                .getOrComputeIfAbsent(
                        SharedKafka.class,
                        key -> SharedKafka.start(System.getProperty(SharedKafka.SWITCH)),
                        SharedKafka.class);
    }

    public String bootstrapServers() {
        SharedKafka running = kafka;
        if (running == null) {
            throw new IllegalStateException("KafkaFixture must be a static field with @RegisterExtension");
        }
        return running.bootstrapServers();
    }

    /** A new admin client, which the test closes. */
    public Admin admin() {
        return Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrapServers()));
    }

    /**
     * Creates a topic with a unique name that begins with {@code word}, and waits until its partitions have leaders.
     */
    public String newTopic(String word, int partitions) {
        String name = word + "-" + UUID.randomUUID().toString().toLowerCase(Locale.ROOT);
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                    .all()
                    .get(LIMIT_SECONDS, TimeUnit.SECONDS);
            // A broker knows of it a moment after the controller has made it.
            await("topic " + name).atMost(Duration.ofSeconds(LIMIT_SECONDS)).until(() -> isLed(admin, name));
            return name;
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("topic " + name + " was not created", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while creating topic " + name, e);
        }
    }

    private static boolean isLed(Admin admin, String topic) throws Exception {
        Set<String> known = admin.listTopics().names().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (!known.contains(topic)) {
            return false;
        }
        try {
            return admin
                    .describeTopics(List.of(topic))
                    .allTopicNames()
                    .get(LIMIT_SECONDS, TimeUnit.SECONDS)
                    .values()
                    .stream()
                    .flatMap(description -> description.partitions().stream())
                    .allMatch(partition -> partition.leader() != null);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw e;
        }
    }
}
