package dev.heddle.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.agents.PartitionFence;
import dev.heddle.agents.PublishFailedException;
import dev.heddle.agents.PublishFailedException.Reason;
import dev.heddle.agents.Publisher;
import dev.heddle.agents.PublisherSettings;
import dev.heddle.agents.RunAddress;
import dev.heddle.agents.RunEmitter;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.EventIds;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.TestProcess;
import dev.heddle.topic.TopicAdmin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who has lost a partition appends nothing to it any more, whether he knows or not. */
class FenceTest {

    private static final int PARTITIONS = 4;

    private FreshCluster kafka;
    private LogReader log;

    @BeforeEach
    void start() {
        kafka = KafkaFixture.freshCluster();
        try (Admin admin = admin()) {
            TopicAdmin.create(admin, TopicLayout.local().withPartitions(PARTITIONS));
        }
        log = new LogReader(kafka.bootstrapServers());
    }

    @AfterEach
    void stop() {
        log.close();
        kafka.close();
    }

    private Admin admin() {
        return Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()));
    }

    private PartitionFence take() {
        return PartitionFence.take(
                KafkaClientSettings.at(kafka.bootstrapServers()),
                PublisherSettings.defaults().withPartitions(PARTITIONS),
                "fence-0",
                Publisher.Telemetry.of(new SimpleMeterRegistry()));
    }

    private static RunEmitter begun(PartitionFence fence, UserKey user) throws InterruptedException {
        RunEmitter run = fence.publisher().run(new RunAddress(user, "t", EventIds.next(), "a"));
        run.text("before");
        run.flush();
        return run;
    }

    @Test
    void whatTheFormerHolderSendsAfterATakeoverNeverReachesTheLog() throws Exception {
        UserKey user = UserKey.of("zombie");
        for (String when : List.of("in a transaction", "between two", "before its first")) {
            PartitionFence former = take();
            RunEmitter open = begun(former, user);
            if (!when.equals("in a transaction")) {
                former.commit();
            }
            PartitionFence next = take();
            RunEmitter late = when.equals("before its first")
                    ? former.publisher().run(new RunAddress(user, "t", EventIds.next(), "a"))
                    : open;
            Reason reason = reasonOf(late);
            assertEquals(Reason.FENCED, reason, when);
            assertEquals(
                    Reason.FENCED,
                    former.broken()
                            .toCompletableFuture()
                            .get(10, TimeUnit.SECONDS)
                            .reason());
            begun(next, user).close();
            next.close();
            former.discard();
        }
        try (PartitionFence last = take()) {
            RunEmitter end = begun(last, user);
            end.finish();
            end.flush();
            log.ended(user, end.address().runId());
        }
        assertFalse(log.of(user).toString().contains("after"));
    }

    private static Reason reasonOf(RunEmitter late) throws InterruptedException {
        try {
            late.text("after");
            late.flush();
            return Reason.INTERNAL;
        } catch (PublishFailedException e) {
            return e.reason();
        }
    }

    @Test
    void eventsAreReadBeforeTheirTransactionIsCommittedAndStandWhenItIsAborted() throws Exception {
        UserKey user = UserKey.of("uncommitted");
        PartitionFence fence = take();
        RunEmitter run = begun(fence, user);
        log.awaitEvent(user, run.address().runId(), "TEXT_MESSAGE_END");
        fence.discard();
        try (PartitionFence next = take()) {
            RunEmitter other = begun(next, user);
            other.finish();
            log.ended(user, other.address().runId());
        }
        assertEquals(4, log.run(user, run.address().runId()).size());
    }

    @Test
    void aProcessThatWasPausedBeyondItsSessionAddsNothingToTheRunsThatWereTakenOver() throws Exception {
        String[] settings = {
            "publisher.partitions=" + PARTITIONS,
            "kafka.properties.session.timeout.ms=3000",
            "kafka.properties.heartbeat.interval.ms=500"
        };
        List<RunStart> held = new ArrayList<>();
        List<RunStart> survivors = new ArrayList<>();
        try (CommandSender commands = new CommandSender(kafka.bootstrapServers(), PARTITIONS);
                TestProcess zombie = ExecutorProcess.start(kafka.bootstrapServers(), settings)) {
            for (int i = 0; i < 6; i++) {
                UserKey user = UserKey.of("paused-" + i);
                held.add(commands.start(user, "talker", "{}"));
                survivors.add(commands.start(user, "countdown", "{'forwardedProps':{'count':250,'intervalMs':20}}"));
            }
            for (RunStart run : held) {
                log.awaitEvent(run.header().user(), run.header().runId(), "TEXT_MESSAGE_CONTENT");
            }
            zombie.signal("STOP");
            try (TestProcess next = ExecutorProcess.start(kafka.bootstrapServers(), settings)) {
                for (RunStart run : held) {
                    log.ended(run.header().user(), run.header().runId());
                }
                zombie.signal("CONT");
                await("the zombie is back in the group")
                        .atMost(Duration.ofSeconds(40))
                        .until(() -> members() == 2);
                for (RunStart run : survivors) {
                    log.ended(run.header().user(), run.header().runId());
                }
                assertEquals(0, next.terminate());
            }
        }
        held.forEach(this::assertOneOwnerAfterTheOther);
        survivors.forEach(this::assertOneOwnerAfterTheOther);
    }

    private int members() throws Exception {
        try (Admin admin = admin()) {
            return admin
                    .describeConsumerGroups(List.of("heddle-executors"))
                    .all()
                    .get(10, TimeUnit.SECONDS)
                    .values()
                    .stream()
                    .mapToInt(group -> group.members().size())
                    .sum();
        }
    }

    /** The reader has checked that the run's events are numbered without a gap and legal; attempts only rise. */
    private void assertOneOwnerAfterTheOther(RunStart run) {
        assertTrue(LogReader.hasEnd(log.run(run.header().user(), run.header().runId())));
        int attempt = 0;
        for (AgentEvent event : log.of(run.header().user())) {
            var place = Objects.requireNonNull(event.envelope().run());
            if (place.runId().equals(run.header().runId())) {
                assertTrue(place.attempt() >= attempt, "an event of the former owner after the takeover: " + event);
                attempt = place.attempt();
            }
        }
        assertTrue(attempt >= 1, "the run was taken over");
    }
}
