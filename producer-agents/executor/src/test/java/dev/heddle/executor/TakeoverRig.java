package dev.heddle.executor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.config.Settings;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.TestProcess;
import dev.heddle.topic.TopicAdmin;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;

/**
 * A Kafka of one test's own, who sends commands on it and who reads its log, and executors that take over. Used by the
 * test's thread.
 */
final class TakeoverRig implements AutoCloseable {
    static final int PARTITIONS = 4;

    /** Longer than a busy machine holds anybody up: nobody here waits for its end. */
    private static final String SESSION_MILLIS = "10000";

    private static final String HEARTBEAT_MILLIS = "500";

    private final FreshCluster kafka;
    private final CommandSender commands;
    private final LogReader log;

    private TakeoverRig(FreshCluster kafka) {
        this.kafka = kafka;
        this.commands = new CommandSender(kafka.bootstrapServers(), PARTITIONS);
        this.log = new LogReader(kafka.bootstrapServers());
    }

    static TakeoverRig start() {
        FreshCluster kafka = KafkaFixture.freshCluster();
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()))) {
            TopicAdmin.create(admin, TopicLayout.local().withPartitions(PARTITIONS));
        }
        return new TakeoverRig(kafka);
    }

    FreshCluster kafka() {
        return kafka;
    }

    CommandSender commands() {
        return commands;
    }

    LogReader log() {
        return log;
    }

    ExecutorConfig config() {
        return Settings.with(
                ExecutorConfig.defaults(),
                "kafka.bootstrapServers=" + kafka.bootstrapServers(),
                "publisher.partitions=" + PARTITIONS,
                "runs.maxConcurrent=64",
                "runs.maxPerUser=64",
                "runs.deadline=60s",
                "runs.drain=100ms",
                "kafka.properties.session.timeout.ms=" + SESSION_MILLIS,
                "kafka.properties.heartbeat.interval.ms=" + HEARTBEAT_MILLIS,
                "status.executorId=taker",
                "status.every=200ms");
    }

    /** An executor in this process that is ready. */
    Executor executor() {
        Executor executor = Executor.start(config());
        executor.ready().orTimeout(30, TimeUnit.SECONDS).join();
        return executor;
    }

    /** One in a process of its own. */
    TestProcess process() {
        return ExecutorProcess.start(
                kafka.bootstrapServers(),
                "publisher.partitions=" + PARTITIONS,
                "runs.drain=100ms",
                "kafka.properties.session.timeout.ms=" + SESSION_MILLIS,
                "kafka.properties.heartbeat.interval.ms=" + HEARTBEAT_MILLIS);
    }

    /**
     * Kills it, and spares the others the end of its session, which {@link SoakTest} and {@link FenceTest} wait for.
     */
    void kill(TestProcess victim) {
        victim.kill();
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.removeMembersFromConsumerGroup("heddle-executors", new RemoveMembersFromConsumerGroupOptions())
                    .all()
                    .get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("the dead one is still a member", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    static ObjectNode last(List<ObjectNode> events) {
        return events.get(events.size() - 1);
    }

    @Override
    public void close() {
        log.close();
        commands.close();
        kafka.close();
    }
}
