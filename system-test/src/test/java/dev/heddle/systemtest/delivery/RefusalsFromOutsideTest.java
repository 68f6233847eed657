package dev.heddle.systemtest.delivery;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.edge.Edge;
import dev.heddle.event.Json;
import dev.heddle.event.topic.Topics;
import dev.heddle.ingest.Ingest;
import dev.heddle.testing.TokenAttacks;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each refusal, limit and close code that a client can bring about, seen by Python's {@code websockets} and by bytes
 * written by hand: from nearby, and through HAProxy. Each edge is configured for its share of the cases.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RefusalsFromOutsideTest {

    /** How the clients come to the edge. */
    private enum Way {
        NEARBY,
        BALANCED
    }

    private static final int COMMAND_BYTES = 2_000;

    /** Enough to start Python and to be greeted, on a busy machine too. */
    private static final int BRIEF_SECONDS = 6;

    private Cluster cluster;
    private TokenSigner tokens;
    private Edge contract;
    private Edge rates;
    private Edge ages;
    private Edge tenants;
    private Ingest ingest;
    private Ingest ingestOfTenants;

    @BeforeAll
    void start(@TempDir Path directory) {
        tokens = TokenSigner.in(directory);
        cluster = Cluster.start(4);
        cluster.revoke("revoked");
        String proxies = "http.trustedProxies=127.0.0.1";
        // Tokens of unknown keys wait for the next look: not for long here.
        String looks = "auth.keysCoolDown=100ms";
        contract = cluster.startEdge(
                tokens,
                proxies,
                looks,
                "limits.maxFrameBytes=4KiB",
                "limits.maxFragments=8",
                "limits.connectionsPerUser=3",
                "limits.framesPerSecond=50",
                "limits.frameBurst=100");
        rates = cluster.startEdge(
                tokens,
                proxies,
                looks,
                "sessions.heartbeat=1s",
                "http.requestTimeout=2s",
                "limits.connectionsPerAddress=2",
                "limits.connectsPerSecond=1",
                "limits.connectBurst=5",
                "limits.commandsPerSecond=1",
                "limits.commandBurst=3");
        ages = cluster.startEdge(tokens, proxies, looks, "sessions.maximumAge=1s");
        tenants = cluster.startEdge(tokens, proxies, looks, "auth.tenantClaim=org", "limits.connections=2");
        ingest = cluster.startIngest(
                tokens, looks, "limits.batchBytes=64KiB", "limits.batchEvents=100", "limits.inFlightBytes=256KiB");
        ingestOfTenants = cluster.startIngest(tokens, looks, "auth.tenantClaim=org");
        // Less than a client's frame may have, so that the log can say no.
        Cluster.get(cluster.admin()
                .incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, Topics.AGENT_COMMANDS),
                        List.of(new AlterConfigOp(
                                new ConfigEntry("max.message.bytes", Integer.toString(COMMAND_BYTES / 2)),
                                AlterConfigOp.OpType.SET))))
                .all());
    }

    @AfterAll
    void stop() {
        List.of(ingestOfTenants, ingest).forEach(Ingest::close);
        List.of(tenants, ages, rates, contract).forEach(Edge::close);
        cluster.close();
    }

    @Test
    void eachHasItsExactCode() {
        judge(Way.NEARBY, port -> port);
    }

    @Test
    void andThroughABalancerToo(@TempDir Path directory) {
        List<Integer> ports = List.of(
                contract.port(), rates.port(), ages.port(), tenants.port(), ingest.port(), ingestOfTenants.port());
        try (HaProxy balancer = HaProxy.before(directory, ports)) {
            judge(Way.BALANCED, balancer::to);
        }
    }

    private void judge(Way way, IntUnaryOperator port) {
        ObjectNode plan = Json.object().put("balanced", way == Way.BALANCED);
        ObjectNode edges = plan.putObject("edges");
        ((ObjectNode) edge(edges, "brief", port.applyAsInt(contract.port())).path("tokens"))
                .put("brief", tokens.token("brief", Duration.ofSeconds(BRIEF_SECONDS)));
        ObjectNode first =
                edge(edges, "contract", port.applyAsInt(contract.port()), "good", "other", "crowd", "revoked");
        ObjectNode given = (ObjectNode) first.path("tokens");
        TokenAttacks.of(tokens.key()).forEach((name, token) -> given.put(name, token));
        first.putObject("limits")
                .put("maxFrameBytes", 4096)
                .put("maxFragments", 8)
                .put("connectionsPerUser", 3)
                .put("frames", 400)
                .put("commandBytes", COMMAND_BYTES);
        edge(edges, "rates", port.applyAsInt(rates.port()), "good", "direct", "balanced")
                .putObject("limits")
                .put("connectionsPerAddress", 2)
                .put("connectBurst", 5)
                .put("commandBurst", 3);
        edge(edges, "ages", port.applyAsInt(ages.port()), "good");
        ObjectNode last = edge(edges, "tenants", port.applyAsInt(tenants.port()), "none");
        last.putObject("limits").put("connections", 2);
        ((ObjectNode) last.path("tokens"))
                .put("acme", ofTenant("bob", "acme"))
                .put("rival", ofTenant("bob", "acm"))
                .put("forged", tokens.token("4:acmebob"));
        judgeIngest(edges, port);
        PythonProgram.judge("refusals.py", plan);
    }

    private void judgeIngest(ObjectNode edges, IntUnaryOperator port) {
        ObjectNode first = edge(edges, "ingest", port.applyAsInt(ingest.port()));
        ObjectNode given = (ObjectNode) first.path("tokens");
        TokenAttacks.of(tokens.key()).forEach((name, token) -> given.put(name, token));
        given.put("service", ofService("a-service", ""))
                .put("revoked", ofService("revoked", ""))
                .put("scopeless", tokens.token("a-service"));
        first.putObject("limits")
                .put("batchBytes", 64 << 10)
                .put("batchEvents", 100)
                .put("inFlight", 4);
        ObjectNode second = edge(edges, "ingestOfTenants", port.applyAsInt(ingestOfTenants.port()));
        ((ObjectNode) second.path("tokens")).put("acme", ofService("a-service", "acme"));
    }

    private String ofService(String service, String tenant) {
        return tokens.token(claims -> {
            claims.setSubject(service);
            claims.setStringClaim("scope", "events:write");
            if (!tenant.isEmpty()) {
                claims.setStringClaim("org", tenant);
            }
        });
    }

    private ObjectNode edge(ObjectNode edges, String part, int port, String... users) {
        ObjectNode edge = edges.putObject(part).put("url", "ws://127.0.0.1:" + port + "/v1/stream");
        ObjectNode given = edge.putObject("tokens");
        for (String user : users) {
            given.put(user, tokens.token(user));
        }
        return edge;
    }

    private String ofTenant(String user, String tenant) {
        return tokens.token(claims -> {
            claims.setSubject(user);
            claims.setStringClaim("org", tenant);
        });
    }
}
