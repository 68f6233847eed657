package dev.heddle.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.PublishFailedException;
import dev.heddle.agents.Publisher;
import dev.heddle.agents.PublisherSettings;
import dev.heddle.agents.RunAddress;
import dev.heddle.agents.RunEmitter;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.config.Settings;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Availability;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventIds;
import dev.heddle.event.ExecutorStatus;
import dev.heddle.event.ExecutorStatusCodec;
import dev.heddle.event.Json;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Executors that come, go and die: every run ends once, and none runs twice. */
class TakeoverTest {
    private TakeoverRig rig;
    private CommandSender commands;
    private LogReader log;

    @BeforeEach
    void start() {
        rig = TakeoverRig.start();
        commands = rig.commands();
        log = rig.log();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void commandsSentWhileNobodyIsThereRunWhenSomebodyComesAndOldOnesAreExpired() {
        UserKey user = UserKey.of("early");
        RunStart start = commands.start(user, "echo", "{}");
        try (Executor late = rig.executor()) {
            assertTrue(late.ready().isDone());
            log.ended(user, start.header().runId());
        }
        RunStart old = commands.start(user, "echo", "{}");
        log.awaitUntil("the first run", user, event -> true);
        ExecutorConfig impatient = Settings.with(rig.config(), "commands.maxAge=1ms");
        try (Executor late = Executor.start(impatient)) {
            late.ready().orTimeout(30, TimeUnit.SECONDS).join();
            assertEquals("rejected expired", log.reply(user, old.header().id()));
        }
    }

    @Test
    void aSecondExecutorTakesItsShareAndRunsThatMoveAreEnded() {
        List<RunStart> runs = new ArrayList<>();
        try (Executor first = rig.executor()) {
            for (int i = 0; i < 12; i++) {
                runs.add(commands.start(UserKey.of("mover-" + i), "holder", "{}"));
            }
            runs.forEach(run -> log.awaitEvent(run.header().user(), run.header().runId(), "TEXT_MESSAGE_CONTENT"));
            try (Executor second = rig.executor()) {
                assertTrue(first.ready().isDone() && second.ready().isDone());
                for (int i = 0; i < 12; i++) {
                    RunStart echo = commands.start(UserKey.of("mover-" + i), "echo", "{}");
                    log.ended(echo.header().user(), echo.header().runId());
                }
                log.awaitAny("the end of a run that moves", TakeoverTest::hasMoved);
            }
        }
        boolean someStayed = false;
        for (RunStart run : runs) {
            ObjectNode end =
                    TakeoverRig.last(log.ended(run.header().user(), run.header().runId()));
            boolean moved = end.path("code").asText().equals("executor_lost");
            boolean stopped = end.path("outcome").path("type").asText().equals("cancelled");
            assertTrue(moved || stopped, end.toString());
            someStayed |= stopped;
        }
        assertTrue(someStayed, "the first executor keeps its share");
    }

    private static boolean hasMoved(AgentEvent event) {
        return event.event().path("code").asText().equals("executor_lost");
    }

    @Test
    void aRunWhoseEventsKafkaDidNotTakeIsEndedWhenKafkaIsBack() {
        UserKey user = UserKey.of("cut-off");
        ExecutorConfig hasty = Settings.with(rig.config(), "publisher.deliveryTimeout=2s");
        try (Executor executor = Executor.start(hasty);
                Publisher beside = Publisher.open(hasty.kafka(), hasty.publisher())) {
            executor.ready().orTimeout(30, TimeUnit.SECONDS).join();
            beside.publish(outsideRuns(user)).toCompletableFuture().join();
            RunStart cut = commands.start(user, "talker", "{}");
            log.awaitEvent(user, cut.header().runId(), "TEXT_MESSAGE_CONTENT");
            rig.kafka().stopBroker(0);
            await("unreadiness").atMost(Duration.ofSeconds(20)).until(() -> !executor.isReady());
            // Published later than the run's first event that Kafka did not take: when this is given up, so is that.
            assertThrows(CompletionException.class, () -> beside.publish(outsideRuns(user))
                    .toCompletableFuture()
                    .join());
            rig.kafka().startBroker(0);
            String code = TakeoverRig.last(log.ended(user, cut.header().runId()))
                    .path("code")
                    .asText();
            assertEquals("executor_lost", code);
            RunStart afterwards = commands.start(user, "echo", "{}");
            log.ended(user, afterwards.header().runId());
            await("readiness").atMost(Duration.ofSeconds(20)).until(executor::isReady);
        }
    }

    private static AgentEvent outsideRuns(UserKey user) {
        Envelope envelope = new Envelope(EventIds.next(), user, "beside", null, null);
        return new AgentEvent(
                envelope, Json.parseObject("{\"type\":\"CUSTOM\",\"timestamp\":1,\"name\":\"beside\",\"value\":1}"));
    }

    @Test
    void aRunPastItsDeadlineIsEnded() {
        UserKey user = UserKey.of("late");
        ExecutorConfig strict =
                Settings.with(rig.config(), "runs.maxConcurrent=1", "runs.maxPerUser=1", "runs.deadline=300ms");
        try (Executor executor = Executor.start(strict)) {
            executor.ready().orTimeout(30, TimeUnit.SECONDS).join();
            RunStart slow = commands.start(user, "countdown", "{'forwardedProps':{'count':50000,'intervalMs':20}}");
            RunStart waits = commands.start(user, "echo", "{}");
            assertEquals(
                    "deadline_exceeded",
                    TakeoverRig.last(log.ended(user, slow.header().runId()))
                            .path("code")
                            .asText());
            log.ended(user, waits.header().runId());
        }
    }

    @Test
    void announcesItsAgentsAndTakesThemBack() {
        try (Executor executor = rig.executor()) {
            assertTrue(executor.ready().isDone());
            ExecutorStatus status = awaitStatus("available", Availability.AVAILABLE);
            assertEquals(
                    List.of("approval", "countdown", "echo", "holder", "planner", "talker", "worker"),
                    status.agents().stream().map(agent -> agent.agentId()).toList());
        }
        awaitStatus("unavailable", Availability.UNAVAILABLE);
    }

    private ExecutorStatus awaitStatus(String what, Availability expected) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", rig.kafka().bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = List.of(new TopicPartition(Topics.AGENT_EXECUTORS, 0));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long limit = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (System.nanoTime() < limit) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    if (record.value() != null) {
                        ExecutorStatus status = ExecutorStatusCodec.decode(record.value());
                        if (status.agents().get(0).status() == expected) {
                            return status;
                        }
                    }
                }
            }
            throw new AssertionError("the executor was not announced as " + what);
        }
    }

    @Test
    void aPublishThatKafkaDoesNotTakeFailsWithATypedErrorAndWorksAgainLater() throws Exception {
        PublisherSettings settings = Settings.with(rig.config().publisher(), "deliveryTimeout=2s");
        UserKey user = UserKey.of("unlucky");
        try (Publisher publisher =
                Publisher.open(KafkaClientSettings.at(rig.kafka().bootstrapServers()), settings)) {
            RunEmitter run = publisher.run(RunAddress.newRun(user, "t", "a"));
            run.text("before");
            run.flush();
            rig.kafka().stopBroker(0);
            PublishFailedException failure = assertThrows(PublishFailedException.class, () -> {
                run.text("while it is away");
                run.flush();
            });
            assertEquals(PublishFailedException.Reason.UNAVAILABLE, failure.reason());
            rig.kafka().startBroker(0);
            await("a run is taken again").atMost(Duration.ofSeconds(30)).until(() -> isTaken(publisher, user));
        }
    }

    private static boolean isTaken(Publisher publisher, UserKey user) throws Exception {
        try {
            RunEmitter next = publisher.run(RunAddress.newRun(user, "t", "a"));
            next.text("after");
            next.finish();
            next.flush();
            return true;
        } catch (PublishFailedException e) {
            return false; // the broker is back, but its leader may not be elected yet
        }
    }
}
