package dev.heddle.replay;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.UserKey;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

/** A cluster that lets nobody read the log: one line, and 1. */
class NoPermissionTest {
    private static final UserKey ALICE = UserKey.of("alice");
    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void whoMayNotReadIsToldInOneLine() throws Exception {
        try (FreshCluster cluster = KafkaFixture.freshCluster(config -> config.withProperty(
                                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                        .withProperty("allow.everyone.if.no.acl.found", "true"));
                TestLog log = TestLog.create(cluster.bootstrapServers(), "denied", 1);
                Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", cluster.bootstrapServers()))) {
            for (byte[] event : SampleRun.of(ALICE, "t", "r", 1)) {
                log.put(ALICE, event);
            }
            log.flush();
            assertEquals(0, replay(cluster).code());
            admin.createAcls(List.of(denied(AclOperation.READ))).all().get();
            await("no more reading").atMost(SOON).until(() -> replay(cluster).code() != 0);
            isTold(replay(cluster));
            admin.createAcls(List.of(denied(AclOperation.DESCRIBE))).all().get();
            await("no more seeing").atMost(SOON).until(() -> isHidden(admin));
            isTold(verify(cluster));
        }
    }

    private static AclBinding denied(AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, "denied", PatternType.LITERAL),
                new AccessControlEntry("User:ANONYMOUS", "*", operation, AclPermissionType.DENY));
    }

    /** True if even the topic's description is refused; reading alone is refused before. */
    private static boolean isHidden(Admin admin) throws InterruptedException {
        try {
            return admin.describeTopics(List.of("denied")).allTopicNames().get().isEmpty();
        } catch (ExecutionException e) {
            return e.getCause() instanceof TopicAuthorizationException;
        }
    }

    private static void isTold(ToolRun run) {
        assertEquals(1, run.code(), run::toString);
        assertEquals(1, run.err().lines().count(), run::toString);
        assertTrue(run.err().contains("Not authorized to access topics: [denied]"), run::toString);
    }

    private static ToolRun replay(FreshCluster cluster) {
        return ToolRun.of(
                new ReplayCommand(), "--bootstrap", cluster.bootstrapServers(), "--topic", "denied", "--user", "alice");
    }

    private static ToolRun verify(FreshCluster cluster) {
        return ToolRun.of(new VerifyCommand(), "--bootstrap", cluster.bootstrapServers(), "--topic", "denied");
    }
}
