package dev.heddle.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.agents.AgentRegistry;
import dev.heddle.agents.AgentSpec;
import dev.heddle.agents.RunContext;
import dev.heddle.agents.RunEmitter;
import dev.heddle.agents.TextStream;
import dev.heddle.config.Settings;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.topic.TopicAdmin;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

/**
 * What a run that is at work holds of the heap, with many of them in one executor: 2,000 with
 * {@code -Dheddle.full=true}.
 */
class RunHeapTest {

    private static final int RUNS = Boolean.getBoolean("heddle.full") ? 2_000 : 300;
    private static final int PARTITIONS = 4;
    private static final long MOST = 50 << 10;

    private final AtomicInteger atWork = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);

    private void work(RunContext context, RunEmitter out) throws InterruptedException {
        try (TextStream message = out.message()) {
            message.write("at work");
            out.flush();
            atWork.incrementAndGet();
            end.await();
        }
    }

    @Test
    void aRunAtWorkHoldsLessThan50KibOfTheHeap() throws Exception {
        try (FreshCluster kafka = KafkaFixture.freshCluster()) {
            try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()))) {
                TopicAdmin.create(admin, TopicLayout.local().withPartitions(PARTITIONS));
            }
            ExecutorConfig config = Settings.with(
                    ExecutorConfig.defaults(),
                    "kafka.bootstrapServers=" + kafka.bootstrapServers(),
                    "publisher.partitions=" + PARTITIONS,
                    "runs.maxConcurrent=" + (RUNS + 1),
                    "runs.maxPerUser=" + RUNS,
                    "runs.deadline=5m",
                    "runs.drain=20s");
            AgentRegistry agents = AgentRegistry.of(new AgentSpec("waiter", "Is at work.", () -> this::work));
            try (CommandSender commands = new CommandSender(kafka.bootstrapServers(), PARTITIONS);
                    Executor executor = Executor.start(config, agents)) {
                executor.ready().orTimeout(60, TimeUnit.SECONDS).join();
                for (int i = 0; i < PARTITIONS * 4; i++) {
                    commands.start(UserKey.of("first-" + i), "waiter", "{}");
                }
                await().atMost(Duration.ofSeconds(60)).until(() -> atWork.get() == PARTITIONS * 4);
                long before = heap();
                List<RunStart> started = new ArrayList<>();
                for (int i = PARTITIONS * 4; i < RUNS; i++) {
                    started.add(commands.start(UserKey.of("user-" + i % 500), "waiter", "{}"));
                }
                await().atMost(Duration.ofMinutes(3)).until(() -> atWork.get() == RUNS);
                long each = (heap() - before) / started.size();
                System.out.println("measured: " + each + " bytes of heap a run, " + RUNS + " runs at once");
                assertTrue(each < MOST, each + " bytes a run");
                end.countDown();
            }
        }
    }

    /** What is left after a collection; the broker in this process is in it before and after. */
    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
