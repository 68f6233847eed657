package dev.heddle.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.config.Settings;
import dev.heddle.event.AgentCommand;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.EventIds;
import dev.heddle.event.Partitioning;
import dev.heddle.event.RunCancel;
import dev.heddle.event.RunResume;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import dev.heddle.testing.Background;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One user with a large backlog of commands, and what another user in the same partition notices of it: nothing. */
class BacklogTest {

    /**
     * The bound of the contract is 2 s to start and 1 s to cancel; what else the machine does every day may triple it.
     */
    private static final Duration SOON = Duration.ofSeconds(Boolean.getBoolean("heddle.full") ? 2 : 6);

    private static final UserKey GREEDY = UserKey.of("greedy");
    private static final UserKey MODEST = neighbour();

    private TakeoverRig rig;
    private CommandSender commands;
    private LogReader log;

    /** A user whose commands lie in the same partition. */
    private static UserKey neighbour() {
        int partition = Partitioning.partitionOf(GREEDY, TakeoverRig.PARTITIONS);
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> UserKey.of("modest-" + i))
                .filter(user -> Partitioning.partitionOf(user, TakeoverRig.PARTITIONS) == partition)
                .findFirst()
                .orElseThrow();
    }

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

    private Executor executor(String... settings) {
        Executor executor = Executor.start(Settings.with(rig.config(), settings));
        executor.ready().orTimeout(30, TimeUnit.SECONDS).join();
        return executor;
    }

    /** An executor that runs four of each user's, and lets so many wait. */
    private Executor four(int outstanding, String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "runs.maxConcurrent=256",
                "runs.maxPerUser=4",
                "runs.deadline=5m",
                "commands.maxOutstanding=" + outstanding));
        settings.addAll(List.of(more));
        return executor(settings.toArray(String[]::new));
    }

    private RunStart warm(UserKey user) {
        RunStart echo = commands.start(user, "echo", "{}");
        log.ended(user, echo.header().runId());
        return echo;
    }

    private void endsSoon(RunStart start) {
        long began = System.nanoTime();
        log.ended(start.header().user(), start.header().runId());
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        System.out.println("measured: the end of a run beside a backlog after " + took.toMillis() + " ms");
        assertTrue(took.compareTo(SOON) < 0, "it took " + took);
    }

    private static RunStart holder(UserKey user, String thread) {
        return new RunStart(CommandSender.header(user, thread, EventIds.next()), "holder", CommandSender.json("{}"));
    }

    @Test
    void aBacklogBeyondEveryBoundHoldsUpNeitherAnotherUserNorItsOwnCancels() {
        try (Executor executor = four(100)) {
            warm(GREEDY);
            List<RunStart> starts = IntStream.range(0, 150)
                    .mapToObj(i -> holder(GREEDY, "t" + i))
                    .toList();
            commands.sendAll(starts);
            endsSoon(commands.start(MODEST, "echo", "{}"));
            log.awaitEvent(GREEDY, starts.get(0).header().runId(), "TEXT_MESSAGE_CONTENT");
            commands.cancel(starts.get(0));
            endsSoon(starts.get(0));
            assertTrue(executor.isReady());
            endAll(starts);
        }
    }

    @Test
    void tenThousandWaitingCommandsOfOneUserAreNothingToAnother() {
        try (Executor executor =
                executor("runs.maxConcurrent=256", "runs.maxPerUser=32", "runs.deadline=30m", "runs.drain=10s")) {
            RunStart long1 = commands.send(holder(MODEST, "long"));
            log.awaitEvent(MODEST, long1.header().runId(), "TEXT_MESSAGE_CONTENT");
            List<RunStart> starts = IntStream.range(0, 10_000)
                    .mapToObj(i -> holder(GREEDY, i % 2 == 0 ? "own-" + i : "the same"))
                    .toList();
            commands.sendAll(starts);
            endsSoon(commands.start(MODEST, "echo", "{}"));
            commands.cancel(starts.get(0));
            endsSoon(starts.get(0));
            RunStart waiting = starts.get(9_999);
            commands.cancel(waiting);
            assertEquals(
                    "cancelled cancelled", log.reply(GREEDY, waiting.header().id()));
            commands.cancel(long1);
            endsSoon(long1);
            assertTrue(executor.isReady());
        }
    }

    @Test
    void whatWaitsIsLeftToTheNextExecutorAndWhatWasAnsweredIsNotAnsweredAgain() {
        List<RunStart> starts = new ArrayList<>();
        try (Executor executor = four(20, "commands.waitingPerUser=10", "commands.waitingBytesPerUser=2MiB")) {
            warm(GREEDY);
            starts.add(holder(GREEDY, "one thread"));
            for (int i = 0; i < 20; i++) {
                starts.add(new RunStart(
                        CommandSender.header(GREEDY, "one thread", EventIds.next()), "echo", CommandSender.json("{}")));
            }
            commands.sendAll(starts);
            log.reply(GREEDY, starts.get(20).header().id());
            assertTrue(executor.isReady());
        }
        try (Executor next = rig.executor()) {
            assertTrue(next.ready().isDone());
            log.ended(GREEDY, starts.get(10).header().runId());
            warm(GREEDY);
        }
        for (int i = 1; i <= 20; i++) {
            RunStart start = starts.get(i);
            assertEquals(
                    i <= 10 ? 4 : 0, log.run(GREEDY, start.header().runId()).size(), "events of run " + i);
            assertEquals(i <= 10 ? 0 : 1, replies(start), "replies to command " + i);
        }
    }

    @Test
    void aCancelThatComesWhileAnExecutorDrainsCountsForTheNextOne() {
        RunStart holder = holder(GREEDY, "one thread");
        RunStart waiting = new RunStart(
                CommandSender.header(GREEDY, "one thread", EventIds.next()), "echo", CommandSender.json("{}"));
        try (Executor executor = four(20, "runs.drain=3s")) {
            commands.sendAll(List.of(holder, waiting));
            log.awaitEvent(GREEDY, holder.header().runId(), "TEXT_MESSAGE_CONTENT");
            CompletableFuture<Void> closing = Background.run(executor::close);
            await("the drain").atMost(Duration.ofSeconds(30)).until(() -> !executor.isReady());
            commands.cancel(waiting);
            RunStart later = commands.start(MODEST, "echo", "{}");
            closing.join();
            assertEquals(List.of(), log.run(MODEST, later.header().runId()));
        }
        try (Executor next = rig.executor()) {
            assertTrue(next.ready().isDone());
            warm(GREEDY);
        }
        assertEquals("cancelled cancelled", log.reply(GREEDY, waiting.header().id()));
        assertEquals(List.of(), log.run(GREEDY, waiting.header().runId()));
    }

    private long replies(RunStart start) {
        return log.of(start.header().user()).stream()
                .filter(event -> event.event()
                        .path("value")
                        .path("id")
                        .asText()
                        .equals(start.header().id()))
                .count();
    }

    @Test
    void largeInputsWaitWithinABoundInBytes() {
        String input = "{'messages':[{'id':'1','role':'user','content':'" + "x".repeat(900_000) + "'}]}";
        try (Executor executor = four(1_000, "commands.waitingPerUser=1000", "commands.waitingBytesPerUser=2MiB")) {
            warm(GREEDY);
            RunStart first = commands.send(holder(GREEDY, "one thread"));
            log.awaitEvent(GREEDY, first.header().runId(), "TEXT_MESSAGE_CONTENT");
            List<RunStart> starts = IntStream.range(0, 6)
                    .mapToObj(i -> new RunStart(
                            CommandSender.header(GREEDY, "one thread", EventIds.next()),
                            "echo",
                            CommandSender.json(input)))
                    .toList();
            starts.forEach(commands::send);
            endsSoon(commands.start(MODEST, "echo", "{}"));
            for (int i = 2; i < 6; i++) {
                assertEquals(
                        "rejected rate_limited",
                        log.reply(GREEDY, starts.get(i).header().id()));
            }
            commands.cancel(first);
            log.ended(GREEDY, starts.get(0).header().runId());
            log.ended(GREEDY, starts.get(1).header().runId());
            assertTrue(executor.isReady());
        }
    }

    @Test
    void aFloodThatIsNoRunsHoldsUpNobody() {
        try (Executor executor = four(100)) {
            warm(GREEDY);
            List<AgentCommand> flood = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                flood.add(new RunStart(
                        CommandSender.header(GREEDY, "t" + i, EventIds.next()), "nobody", CommandSender.json("{}")));
                flood.add(new RunCancel(CommandSender.header(GREEDY, "t" + i, EventIds.next())));
                flood.add(new RunResume(
                        CommandSender.header(GREEDY, "resumed", EventIds.next()),
                        CommandSender.json("{'resume':[{'interruptId':'none','status':'resolved'}]}")
                                .withArray("resume")));
            }
            commands.sendAll(flood);
            for (int i = 0; i < 100; i++) {
                commands.raw(GREEDY, new byte[] {1, 2, 3});
            }
            endsSoon(commands.start(MODEST, "echo", "{}"));
            assertTrue(executor.isReady());
            assertEquals(
                    "rejected unknown_agent",
                    log.reply(GREEDY, flood.get(3).header().id()));
        }
    }

    /** Cancels what runs or waits and waits until each command has ended in events, once. */
    private void endAll(List<RunStart> starts) {
        List<AgentCommand> cancels = new ArrayList<>();
        for (RunStart start : starts) {
            cancels.add(new RunCancel(CommandSender.header(
                    start.header().user(),
                    start.header().threadId(),
                    start.header().runId())));
        }
        commands.sendAll(cancels);
        warm(GREEDY);
        int rejected = 0;
        Set<String> running = new HashSet<>();
        for (AgentEvent event : log.of(GREEDY)) {
            if (event.envelope().run() != null) {
                running.add(event.envelope().run().runId());
            }
        }
        for (RunStart start : starts) {
            if (running.contains(start.header().runId())) {
                log.ended(GREEDY, start.header().runId());
            } else {
                String reply = log.reply(GREEDY, start.header().id());
                assertTrue(
                        Set.of("rejected rate_limited", "cancelled cancelled").contains(reply), reply);
                rejected += reply.equals("rejected rate_limited") ? 1 : 0;
            }
        }
        assertEquals(46, rejected, "4 run and 100 wait");
    }
}
