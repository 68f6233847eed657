package dev.heddle.local;

import dev.heddle.auth.TenantKeys;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.RevocationCodec;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heddle revoke}: a user's tokens issued until now are refused from now on, by every edge, and their sessions end. */
@Command(
        name = "revoke",
        description = "Refuse a user's tokens that were issued until now, on all edges; their sessions end with 4401.")
final class RevokeCommand implements Callable<Integer> {
    private static final String PATIENCE_MILLIS = "10000";

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before call().
    private CommandSpec spec;

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9092",
            description = "where Kafka is (default: ${DEFAULT-VALUE})")
    private String bootstrap = "";

    @Option(names = "--user", required = true, paramLabel = "U", description = "whose tokens: the user claim")
    private String user = "";

    @Option(names = "--tenant", paramLabel = "T", description = "the user's tenant, where edges have auth.tenantClaim")
    private @Nullable String tenant;

    @Override
    public Integer call() throws InterruptedException {
        UserKey key = key();
        Instant now = Instant.now();
        // Kafka would make a missing topic by itself, as one that is not compacted.
        requireTopic();
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                        ProducerConfig.ACKS_CONFIG, "all",
                        ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MILLIS),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.AGENT_REVOCATIONS, key.utf8(), RevocationCodec.encode(now)))
                    .get();
        } catch (ExecutionException e) {
            throw new CommandFailedException("Kafka at " + bootstrap + " did not take the revocation", e);
        }
        spec.commandLine().getOut().println("revoked what was issued to " + key + " until " + now);
        spec.commandLine().getOut().flush();
        return 0;
    }

    private UserKey key() {
        try {
            return tenant == null ? UserKey.of(user) : TenantKeys.of(tenant, user);
        } catch (InvalidEventException e) {
            throw new ParameterException(spec.commandLine(), "--user: " + e.getMessage(), e);
        }
    }

    private void requireTopic() throws InterruptedException {
        try (Admin admin = Admin.create(Map.<String, Object>of(
                "bootstrap.servers", bootstrap,
                "request.timeout.ms", "5000",
                "default.api.timeout.ms", PATIENCE_MILLIS))) {
            admin.describeTopics(List.of(Topics.AGENT_REVOCATIONS))
                    .allTopicNames()
                    .get();
        } catch (ExecutionException e) {
            String why = e.getCause() instanceof UnknownTopicOrPartitionException
                    ? "there is no topic " + Topics.AGENT_REVOCATIONS + " at " + bootstrap
                            + ": make it with heddle topics create"
                    : "Kafka at " + bootstrap + " does not answer";
            throw new CommandFailedException(why, e);
        }
    }
}
