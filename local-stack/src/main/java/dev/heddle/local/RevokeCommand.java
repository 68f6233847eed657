package dev.heddle.local;

import dev.heddle.auth.TenantKeys;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.RevocationCodec;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import dev.heddle.process.KafkaOptions;
import dev.heddle.process.VisibleText;
import dev.heddle.topic.TopicAdmin;
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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heddle revoke}: revokes a user's tokens issued until now; every edge refuses them and ends their sessions. */
@Command(
        name = "revoke",
        description = {
            "Refuse a user's tokens that were issued until now, on all edges; their sessions end with 4401.",
            "Now is Kafka's time, not this machine's. Issuers' clocks may be ahead by the roles' auth.skew (30s), so tokens that are"
                    + " dated that much later are refused too: new ones are good when that time is over."
        })
final class RevokeCommand implements Callable<Integer> {
    private static final String PATIENCE_MILLIS = "10000";

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before call().
    private CommandSpec spec;

    @Mixin
    private final KafkaOptions reach = new KafkaOptions();

    @Option(names = "--user", required = true, paramLabel = "U", description = "whose tokens: the user claim")
    private String user = "";

    @Option(names = "--tenant", paramLabel = "T", description = "the user's tenant, where edges have auth.tenantClaim")
    private @Nullable String tenant;

    @Override
    public Integer call() throws InterruptedException {
        UserKey key = key();
        KafkaClientSettings kafka = reach.forTool();
        Instant now = Instant.now();
        // Kafka would make a missing topic by itself, as one that is not compacted.
        requireTopic(kafka);
        Map<String, Object> settings = kafka.forClient("heddle-revoke");
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MILLIS);
        Instant from;
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            from = Instant.ofEpochMilli(producer.send(
                            new ProducerRecord<>(Topics.AGENT_REVOCATIONS, key.utf8(), RevocationCodec.encode(now)))
                    .get()
                    .timestamp());
        } catch (ExecutionException e) {
            throw new CommandFailedException(
                    "Kafka at " + kafka.bootstrapServers() + " did not take the revocation", e);
        }
        spec.commandLine()
                .getOut()
                .println(VisibleText.of(
                        "revoked what was issued to " + key + " until " + from + ", and dated up to auth.skew later"));
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

    private static void requireTopic(KafkaClientSettings kafka) throws InterruptedException {
        try (Admin admin = TopicAdmin.open(kafka, "heddle-revoke")) {
            admin.describeTopics(List.of(Topics.AGENT_REVOCATIONS))
                    .allTopicNames()
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new CommandFailedException(
                        "there is no topic " + Topics.AGENT_REVOCATIONS + " at " + kafka.bootstrapServers()
                                + ": make it with heddle topics create",
                        e);
            }
            throw CommandFailedException.noAnswer(kafka, e);
        }
    }
}
