package dev.heddle.testing;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class KafkaFixtureTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    @Test
    void topicsAreUniqueAndThere() throws Exception {
        String one = KAFKA.newTopic("words", 3);
        String other = KAFKA.newTopic("words", 3);

        assertNotEquals(one, other);
        try (Admin admin = KAFKA.admin()) {
            assertTrue(admin.listTopics().names().get().containsAll(Set.of(one, other)));
        }
    }

    @Test
    void aFreshClusterIsEmptyAndItsBrokerComesBackOnItsPort() {
        try (FreshCluster cluster = KafkaFixture.freshCluster();
                Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", cluster.bootstrapServers()))) {
            assertNotEquals(KAFKA.bootstrapServers(), cluster.bootstrapServers());
            cluster.stopBroker(0);
            cluster.startBroker(0);

            await("an empty list of topics")
                    .atMost(SOON)
                    .until(() -> admin.listTopics().names().get().isEmpty());
        }
    }

    @Test
    void anUnknownWayToRunIsNamed() {
        assertEquals(
                "heddle.test.kafka must be embedded, container or auto, not redis",
                assertThrows(IllegalArgumentException.class, () -> SharedKafka.start("redis"))
                        .getMessage());
    }
}
