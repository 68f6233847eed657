package dev.heddle.agents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Availability;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventIds;
import dev.heddle.event.ExecutorStatus;
import dev.heddle.event.ExecutorStatusCodec;
import dev.heddle.event.Json;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicAdmin;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.event.topic.Topics;
import dev.heddle.testing.Await;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Executors that come, go and die: every run ends once, and none runs twice. */
class TakeoverTest {

    private static final int PARTITIONS = 4;
    private static final String[] SETTINGS = {
        "publisher.partitions=" + PARTITIONS,
        "runs.drain=100ms",
        "kafka.properties.session.timeout.ms=3000",
        "kafka.properties.heartbeat.interval.ms=500"
    };

    private FreshCluster kafka;
    private CommandSender commands;
    private LogReader log;

    @BeforeEach
    void start() {
        kafka = KafkaFixture.freshCluster();
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()))) {
            TopicAdmin.create(admin, TopicLayout.local().withPartitions(PARTITIONS));
        }
        commands = new CommandSender(kafka.bootstrapServers(), PARTITIONS);
        log = new LogReader(kafka.bootstrapServers());
    }

    @AfterEach
    void stop() {
        log.close();
        commands.close();
        kafka.close();
    }

    private ExecutorConfig config() {
        return ExecutorConfig.defaults()
                .withKafka(new KafkaClientSettings(
                        kafka.bootstrapServers(), Map.of("session.timeout.ms", "3000", "heartbeat.interval.ms", "500")))
                .withPublisher(PublisherSettings.defaults().withPartitions(PARTITIONS))
                .withRuns(new ExecutorConfig.Runs(64, 64, Duration.ofSeconds(60), Duration.ofMillis(100)))
                .withStatus(new ExecutorConfig.Status("taker", Duration.ofMillis(200)));
    }

    private Executor executor() {
        Executor executor = Executor.start(config());
        executor.ready().orTimeout(30, TimeUnit.SECONDS).join();
        return executor;
    }

    private static ObjectNode last(List<ObjectNode> events) {
        return events.get(events.size() - 1);
    }

    @Test
    void aKilledProcessLeavesNoRunOpenAndNothingRunsTwice() {
        List<RunStart> done = new ArrayList<>();
        List<RunStart> open = new ArrayList<>();
        try (ExecutorProcess victim = ExecutorProcess.start(kafka.bootstrapServers(), SETTINGS)) {
            for (int i = 0; i < 8; i++) {
                UserKey user = UserKey.of("user-" + i);
                open.add(commands.start(user, "holder", "{}"));
                done.add(commands.start(user, "echo", "{'messages':[{'id':'1','role':'user','content':'hi'}]}"));
            }
            done.forEach(run -> log.ended(run.header().user(), run.header().runId()));
            open.forEach(run -> log.awaitEvent(run.header().user(), run.header().runId(), "TEXT_MESSAGE_CONTENT"));
            victim.kill();
        }
        RunStart meanwhile = commands.start(UserKey.of("user-0"), "echo", "{}");
        RunStart again = commands.send(done.get(0));
        try (Executor next = executor()) {
            assertTrue(next.ready().isDone());
            for (RunStart run : open) {
                ObjectNode end =
                        last(log.ended(run.header().user(), run.header().runId()));
                assertEquals("executor_lost", end.path("code").asText());
            }
            log.ended(UserKey.of("user-0"), meanwhile.header().runId());
            RunStart afterwards = commands.start(again.header().user(), "echo", "{}");
            log.ended(again.header().user(), afterwards.header().runId());
        }
        for (RunStart run : done) {
            assertEquals(5, log.run(run.header().user(), run.header().runId()).size());
        }
        for (RunStart run : open) {
            AgentEvent end = log.awaitUntil(
                    "the end",
                    run.header().user(),
                    event -> LogReader.isEnd(event, run.header().runId()));
            assertEquals(1, Objects.requireNonNull(end.envelope().run()).attempt());
        }
    }

    @Test
    void aProcessThatIsAskedToStopEndsItsRunsItselfAndSaysThatAllIsWell() {
        UserKey user = UserKey.of("alice");
        RunStart start;
        RunStart survivor;
        try (ExecutorProcess executor = ExecutorProcess.start(kafka.bootstrapServers(), SETTINGS)) {
            start = commands.start(user, "holder", "{}");
            survivor = commands.start(user, "countdown", "{'forwardedProps':{'count':150,'intervalMs':20}}");
            log.awaitEvent(user, start.header().runId(), "TEXT_MESSAGE_CONTENT");
            log.awaitEvent(user, survivor.header().runId(), "TEXT_MESSAGE_CONTENT");
            assertEquals(0, executor.terminate());
        }
        ObjectNode end = last(log.ended(user, start.header().runId()));
        assertEquals("cancelled", end.path("outcome").path("type").asText());
        assertFalse(LogReader.hasEnd(log.run(user, survivor.header().runId())), "it is left to the next executor");
        try (Executor next = executor()) {
            assertTrue(next.ready().isDone());
            assertEquals(countdown(150), text(log.ended(user, survivor.header().runId())));
        }
    }

    @Test
    void aRunOfAResumableAgentGoesOnWhereItsKilledProcessLeftIt() {
        UserKey user = UserKey.of("goes-on");
        RunStart start;
        try (ExecutorProcess victim = ExecutorProcess.start(kafka.bootstrapServers(), SETTINGS)) {
            start = commands.start(user, "countdown", "{'forwardedProps':{'count':150,'intervalMs':20}}");
            log.awaitEvent(user, start.header().runId(), "TEXT_MESSAGE_CONTENT");
            victim.kill();
        }
        try (Executor next = executor()) {
            assertTrue(next.ready().isDone());
            assertEquals(countdown(150), text(log.ended(user, start.header().runId())));
        }
        List<Integer> attempts = log.of(user).stream()
                .map(event -> Objects.requireNonNull(event.envelope().run()).attempt())
                .distinct()
                .toList();
        assertEquals(List.of(0, 1), attempts);
    }

    @Test
    void aRunThatItsUserHadCancelledBeforeItsProcessDiedEndsAsCancelled() {
        UserKey user = UserKey.of("changed-mind");
        RunStart survivor;
        RunStart holder;
        try (ExecutorProcess victim = ExecutorProcess.start(kafka.bootstrapServers(), SETTINGS)) {
            survivor = commands.start(user, "countdown", "{'forwardedProps':{'count':50000,'intervalMs':20}}");
            holder = commands.start(user, "holder", "{}");
            log.awaitEvent(user, survivor.header().runId(), "TEXT_MESSAGE_CONTENT");
            log.awaitEvent(user, holder.header().runId(), "TEXT_MESSAGE_CONTENT");
            victim.kill();
        }
        commands.cancel(survivor);
        commands.cancel(holder);
        try (Executor next = executor()) {
            assertTrue(next.ready().isDone());
            for (RunStart run : List.of(survivor, holder)) {
                List<ObjectNode> events = log.ended(user, run.header().runId());
                assertEquals(
                        "cancelled", last(events).path("outcome").path("type").asText());
                assertEquals(
                        "TEXT_MESSAGE_END",
                        events.get(events.size() - 2).path("type").asText());
            }
        }
    }

    @Test
    void aRunThatEveryProcessDiesOfIsGivenUp() {
        UserKey user = UserKey.of("poisonous");
        RunStart start;
        try (ExecutorProcess victim = ExecutorProcess.start(kafka.bootstrapServers(), SETTINGS)) {
            start = commands.start(user, "countdown", "{'forwardedProps':{'count':50000,'intervalMs':20}}");
            log.awaitEvent(user, start.header().runId(), "TEXT_MESSAGE_CONTENT");
            victim.kill();
        }
        ExecutorConfig once = config().withTakeover(new ExecutorConfig.Takeover(1, Duration.ofSeconds(1)));
        try (Executor next = Executor.start(once)) {
            next.ready().orTimeout(30, TimeUnit.SECONDS).join();
            ObjectNode end = last(log.ended(user, start.header().runId()));
            assertEquals("executor_lost", end.path("code").asText());
        }
    }

    private static String countdown(int from) {
        return IntStream.iterate(from, left -> left > 0, left -> left - 1)
                .mapToObj(left -> left + " ")
                .collect(Collectors.joining());
    }

    private static String text(List<ObjectNode> events) {
        return events.stream()
                .filter(event -> event.path("type").asText().equals("TEXT_MESSAGE_CONTENT"))
                .map(event -> event.path("delta").asText())
                .collect(Collectors.joining());
    }

    @Test
    void commandsSentWhileNobodyIsThereRunWhenSomebodyComesAndOldOnesAreExpired() {
        UserKey user = UserKey.of("early");
        RunStart start = commands.start(user, "echo", "{}");
        try (Executor late = executor()) {
            assertTrue(late.ready().isDone());
            log.ended(user, start.header().runId());
        }
        RunStart old = commands.start(user, "echo", "{}");
        log.awaitUntil("the first run", user, event -> true);
        ExecutorConfig impatient = config().withCommands(new ExecutorConfig.Commands(
                "heddle-executors", Duration.ofMillis(1), Duration.ofHours(24), 1_000));
        try (Executor late = Executor.start(impatient)) {
            late.ready().orTimeout(30, TimeUnit.SECONDS).join();
            assertEquals("rejected expired", log.reply(user, old.header().id()));
        }
    }

    @Test
    void aSecondExecutorTakesItsShareAndRunsThatMoveAreEnded() {
        List<RunStart> runs = new ArrayList<>();
        try (Executor first = executor()) {
            for (int i = 0; i < 12; i++) {
                runs.add(commands.start(UserKey.of("mover-" + i), "holder", "{}"));
            }
            runs.forEach(run -> log.awaitEvent(run.header().user(), run.header().runId(), "TEXT_MESSAGE_CONTENT"));
            try (Executor second = executor()) {
                assertTrue(first.ready().isDone() && second.ready().isDone());
                for (int i = 0; i < 12; i++) {
                    RunStart echo = commands.start(UserKey.of("mover-" + i), "echo", "{}");
                    log.ended(echo.header().user(), echo.header().runId());
                }
            }
        }
        for (RunStart run : runs) {
            ObjectNode end = last(log.ended(run.header().user(), run.header().runId()));
            boolean moved = end.path("code").asText().equals("executor_lost");
            boolean stopped = end.path("outcome").path("type").asText().equals("cancelled");
            assertTrue(moved || stopped, end.toString());
        }
    }

    @Test
    void aRunWhoseEventsKafkaDidNotTakeIsEndedWhenKafkaIsBack() {
        UserKey user = UserKey.of("cut-off");
        PublisherSettings givesUpSoon =
                PublisherSettings.defaults().withPartitions(PARTITIONS).withDeliveryTimeout(Duration.ofSeconds(2));
        ExecutorConfig hasty = config().withPublisher(givesUpSoon);
        try (Executor executor = Executor.start(hasty);
                Publisher beside = Publisher.open(hasty.kafka(), givesUpSoon)) {
            executor.ready().orTimeout(30, TimeUnit.SECONDS).join();
            beside.publish(outsideRuns(user)).toCompletableFuture().join();
            RunStart cut = commands.start(user, "talker", "{}");
            log.awaitEvent(user, cut.header().runId(), "TEXT_MESSAGE_CONTENT");
            kafka.stopBroker(0);
            Await.until("unreadiness", Duration.ofSeconds(20), () -> !executor.isReady());
            // Published later than the run's first event that Kafka did not take: when this is given up, so is that.
            assertThrows(CompletionException.class, () -> beside.publish(outsideRuns(user))
                    .toCompletableFuture()
                    .join());
            kafka.startBroker(0);
            String code =
                    last(log.ended(user, cut.header().runId())).path("code").asText();
            assertEquals("executor_lost", code);
            RunStart afterwards = commands.start(user, "echo", "{}");
            log.ended(user, afterwards.header().runId());
            Await.until("readiness", Duration.ofSeconds(20), executor::isReady);
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
                config().withRuns(new ExecutorConfig.Runs(1, 1, Duration.ofMillis(300), Duration.ofMillis(100)));
        try (Executor executor = Executor.start(strict)) {
            executor.ready().orTimeout(30, TimeUnit.SECONDS).join();
            RunStart slow = commands.start(user, "countdown", "{'forwardedProps':{'count':50000,'intervalMs':20}}");
            RunStart waits = commands.start(user, "echo", "{}");
            assertEquals(
                    "deadline_exceeded",
                    last(log.ended(user, slow.header().runId())).path("code").asText());
            log.ended(user, waits.header().runId());
        }
    }

    @Test
    void announcesItsAgentsAndTakesThemBack() {
        try (Executor executor = executor()) {
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
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
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
        PublisherSettings settings =
                PublisherSettings.defaults().withPartitions(PARTITIONS).withDeliveryTimeout(Duration.ofSeconds(2));
        UserKey user = UserKey.of("unlucky");
        try (Publisher publisher = Publisher.open(KafkaClientSettings.at(kafka.bootstrapServers()), settings)) {
            RunEmitter run = publisher.run(RunAddress.newRun(user, "t", "a"));
            run.text("before");
            run.flush();
            kafka.stopBroker(0);
            PublishFailedException failure = assertThrows(PublishFailedException.class, () -> {
                run.text("while it is away");
                run.flush();
            });
            assertEquals(PublishFailedException.Reason.UNAVAILABLE, failure.reason());
            kafka.startBroker(0);
            Await.until("a run is taken again", Duration.ofSeconds(30), () -> isTaken(publisher, user));
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
