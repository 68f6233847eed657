package dev.heddle.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.AgentRegistry;
import dev.heddle.agents.AgentSpec;
import dev.heddle.agents.RunContext;
import dev.heddle.agents.RunEmitter;
import dev.heddle.agents.RunEndedException;
import dev.heddle.agents.Tool;
import dev.heddle.config.Settings;
import dev.heddle.event.Json;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Agents and tools that ignore their end: it costs their thread, and nobody else's turn. */
class UnresponsiveAgentTest {

    private final CountDownLatch release = new CountDownLatch(1);
    private final CompletableFuture<Throwable> refused = new CompletableFuture<>();
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
        release.countDown();
        rig.close();
    }

    /** Parks whatever the interrupts, and then goes on as if nothing had been. */
    private void deaf(RunContext context, RunEmitter out) {
        out.message().write("deaf");
        park();
        try {
            out.text("from beyond");
        } catch (RuntimeException e) {
            refused.complete(e);
        }
    }

    private AgentRegistry agents() {
        ObjectNode schema = CommandSender.json("{'type':'object'}");
        Tool deafTool = Tool.of("deaf", schema, call -> {
            park();
            return "too late";
        });
        return AgentRegistry.discovered()
                .with(
                        new AgentSpec("deaf", "Ignores its end.", () -> this::deaf),
                        new AgentSpec("unmade", "Has a factory that does not end.", () -> {
                            park();
                            throw new IllegalStateException("too late");
                        }),
                        new AgentSpec("error", "Dies of an error.", () -> {
                            throw new StackOverflowError();
                        }),
                        new AgentSpec("listener", "Has a listener that hangs.", () -> (context, out) -> {
                            context.cancellation().onRequest(this::park);
                            new CountDownLatch(1).await();
                        }),
                        new AgentSpec("tool", "Calls a tool that does not end.", () -> (context, out) -> {
                                    context.tools().call("deaf", Json.object());
                                })
                                .withTools(deafTool));
    }

    private void park() {
        while (release.getCount() > 0) {
            Thread.interrupted();
            LockSupport.parkNanos(this, 1_000_000);
        }
    }

    private ExecutorConfig config(int places, int lost) {
        return Settings.with(
                rig.config(),
                "runs.maxConcurrent=" + places,
                "runs.maxPerUser=1",
                "runs.deadline=1s",
                "runs.grace=300ms",
                "runs.maxLostThreads=" + lost,
                "tools.timeout=200ms",
                "tools.calls=10",
                "management.port=0");
    }

    private ObjectNode endOf(RunStart run) {
        return TakeoverRig.last(log.ended(run.header().user(), run.header().runId()));
    }

    @Test
    void theirPlacesAreFreeAtTheDeadlineAndWhatTheySayAfterwardsIsRefused() throws Exception {
        try (Executor executor = Executor.start(config(2, 10), agents())) {
            executor.ready().orTimeout(30, TimeUnit.SECONDS).join();
            List<RunStart> stuck = List.of(
                    commands.start(UserKey.of("one"), "deaf", "{}"), commands.start(UserKey.of("two"), "unmade", "{}"));
            stuck.forEach(run ->
                    assertEquals("deadline_exceeded", endOf(run).path("code").asText()));
            for (RunStart run : stuck) {
                endOf(commands.start(run.header().user(), "echo", "{}"));
            }
            assertTrue(executor.isReady());
            assertTrue(metrics(executor).contains("heddle_executor_threads_lost{kind=\"agent\"} 2.0"));
            release.countDown();
            assertInstanceOf(RunEndedException.class, refused.get(10, TimeUnit.SECONDS));
            await("no thread is lost any more").atMost(Duration.ofSeconds(10)).until(() -> metrics(executor)
                    .contains("heddle_executor_threads_lost{kind=\"agent\"} 0.0"));
        }
    }

    @Test
    void aboveTheBoundTheExecutorIsNotReadyAndTheyKeepTheirPlaces() throws Exception {
        try (Executor executor = Executor.start(config(3, 1), agents())) {
            executor.ready().orTimeout(30, TimeUnit.SECONDS).join();
            RunStart one = commands.start(UserKey.of("one"), "deaf", "{}");
            endOf(one);
            RunStart two = commands.start(UserKey.of("two"), "unmade", "{}");
            endOf(two);
            await("unreadiness").atMost(Duration.ofSeconds(10)).until(() -> !executor.isReady());
            RunStart waits = commands.start(UserKey.of("two"), "echo", "{}");
            endOf(commands.start(UserKey.of("three"), "echo", "{}"));
            assertEquals(List.of(), log.run(UserKey.of("two"), waits.header().runId()));
            release.countDown();
            endOf(waits);
            await("readiness").atMost(Duration.ofSeconds(10)).until(executor::isReady);
        }
    }

    @Test
    void errorsToolsAndListenersThatDoNotEndHoldUpNobody() throws Exception {
        try (Executor executor = Executor.start(config(8, 10), agents())) {
            executor.ready().orTimeout(30, TimeUnit.SECONDS).join();
            UserKey user = UserKey.of("one");
            assertEquals(
                    "agent_failed",
                    endOf(commands.start(user, "error", "{}")).path("code").asText());
            RunStart called = commands.start(user, "tool", "{}");
            assertEquals("RUN_FINISHED", endOf(called).path("type").asText());
            assertTrue(log.run(user, called.header().runId()).toString().contains("timeout"));
            assertTrue(metrics(executor).contains("heddle_executor_threads_lost{kind=\"tool\"} 1.0"));
            RunStart listens = commands.start(user, "listener", "{}");
            log.awaitEvent(user, listens.header().runId(), "RUN_STARTED");
            commands.cancel(listens);
            endOf(listens);
            endOf(commands.start(user, "echo", "{}"));
        }
    }

    private static String metrics(Executor executor) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + executor.managementPort() + "/metrics");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
