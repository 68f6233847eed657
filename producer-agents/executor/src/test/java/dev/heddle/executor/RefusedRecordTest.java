package dev.heddle.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.agents.AgentRegistry;
import dev.heddle.agents.AgentSpec;
import dev.heddle.event.EventIds;
import dev.heddle.event.Partitioning;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A topic that takes less than the executor is configured for: only what is too large fails. */
class RefusedRecordTest {

    private static final UserKey LARGE = UserKey.of("large");

    private TakeoverRig rig;

    @BeforeEach
    void start() {
        rig = TakeoverRig.start();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private void limit(int bytes) throws Exception {
        try (Admin admin = Admin.create(
                Map.<String, Object>of("bootstrap.servers", rig.kafka().bootstrapServers()))) {
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.AGENT_EVENTS);
            AlterConfigOp op = new AlterConfigOp(
                    new ConfigEntry("max.message.bytes", Integer.toString(bytes)), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(topic, List.of(op))).all().get(30, TimeUnit.SECONDS);
        }
    }

    private AgentRegistry agents() {
        return AgentRegistry.discovered()
                .with(
                        new AgentSpec("large", "Says too much at once.", () -> (context, out) -> {
                            out.text("before");
                            out.text("x".repeat(200_000));
                        }),
                        new AgentSpec("careful", "Says less when it is refused.", () -> (context, out) -> {
                            try {
                                out.text("x".repeat(200_000));
                            } catch (RuntimeException e) {
                                out.text("less");
                            }
                        }));
    }

    @Test
    void onlyTheEventThatIsTooLargeFailsAndTheOtherRunsOfThePartitionGoOn() throws Exception {
        List<UserKey> others = IntStream.range(0, 100)
                .mapToObj(i -> UserKey.of("other-" + i))
                .filter(user -> Partitioning.partitionOf(user, TakeoverRig.PARTITIONS)
                        == Partitioning.partitionOf(LARGE, TakeoverRig.PARTITIONS))
                .limit(3)
                .toList();
        try (Executor executor = Executor.start(rig.config(), agents())) {
            executor.ready().orTimeout(30, TimeUnit.SECONDS).join();
            List<RunStart> held = others.stream()
                    .map(user -> rig.commands().start(user, "talker", "{}"))
                    .toList();
            for (RunStart run : held) {
                rig.log().awaitEvent(run.header().user(), run.header().runId(), "TEXT_MESSAGE_CONTENT");
            }
            limit(100_000);
            RunStart large = rig.commands().start(LARGE, "large", "{}");
            assertEquals(
                    "too_large",
                    TakeoverRig.last(rig.log().ended(LARGE, large.header().runId()))
                            .path("code")
                            .asText());
            RunStart input = rig.commands()
                    .send(new RunStart(
                            CommandSender.header(LARGE, "t", EventIds.next()),
                            "echo",
                            CommandSender.json("{'messages':[{'id':'1','role':'user','content':'" + "y".repeat(150_000)
                                    + "'}]}")));
            assertEquals(
                    "rejected too_large", rig.log().reply(LARGE, input.header().id()));
            RunStart careful = rig.commands().start(LARGE, "careful", "{}");
            assertEquals(
                    "RUN_FINISHED",
                    TakeoverRig.last(rig.log().ended(LARGE, careful.header().runId()))
                            .path("type")
                            .asText());
            for (RunStart run : held) {
                rig.commands().cancel(run);
                assertEquals(
                        "cancelled",
                        TakeoverRig.last(rig.log()
                                        .ended(run.header().user(), run.header().runId()))
                                .path("outcome")
                                .path("type")
                                .asText());
            }
            assertTrue(executor.isReady());
        }
    }
}
