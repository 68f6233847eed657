package dev.heddle.executor;

import dev.heddle.agents.AgentRegistry;
import dev.heddle.agents.AgentSpec;
import dev.heddle.agents.Cancellation;
import dev.heddle.agents.Publisher;
import dev.heddle.agents.RecordedRun;
import dev.heddle.agents.RunAddress;
import dev.heddle.agents.RunContext;
import dev.heddle.agents.RunEmitter;
import dev.heddle.agents.ToolDispatcher;
import dev.heddle.agents.ToolRunner;
import dev.heddle.concurrent.DaemonThreads;
import dev.heddle.event.CommandHeader;
import dev.heddle.trace.TraceParent;
import dev.heddle.trace.TraceSpan;
import dev.heddle.trace.Tracing;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The launcher of runs, which gives each a thread and a deadline. The dispatcher bounds their number. */
final class RunLauncher implements AutoCloseable {

    private final AgentRegistry agents;
    private final ExecutorConfig.Runs settings;
    private final ToolRunner tools;
    private final InstantSource clock;
    private final ExecutorMetrics metrics;
    private final Tracing tracing;
    private final ExecutorService threads;
    private final ScheduledThreadPoolExecutor deadlines;

    RunLauncher(
            AgentRegistry agents,
            ExecutorConfig.Runs settings,
            ToolRunner tools,
            InstantSource clock,
            ExecutorMetrics metrics,
            Tracing tracing) {
        this.agents = agents;
        this.tools = tools;
        this.settings = settings;
        this.clock = clock;
        this.metrics = metrics;
        this.tracing = tracing;
        this.threads = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                30,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                DaemonThreads.numbered("heddle-run"),
                new ThreadPoolExecutor.DiscardPolicy());
        this.deadlines = new ScheduledThreadPoolExecutor(1, DaemonThreads.numbered("heddle-deadlines"));
        this.deadlines.setRemoveOnCancelPolicy(true);
    }

    Optional<AgentSpec> find(String agentId) {
        return agents.find(agentId);
    }

    /** True if this executor offers the agent, and the agent continues runs that another process began. */
    boolean canContinue(@Nullable String agentId) {
        return agentId != null
                && find(agentId)
                        .filter(agent -> agent.onLoss() == AgentSpec.OnLoss.CONTINUE)
                        .isPresent();
    }

    Instant now() {
        return clock.instant();
    }

    /**
     * Begins the run on a thread of its own.
     *
     * @param returned called on that thread when the agent has returned, which may be long after the run's end
     */
    ActiveRun launch(ScheduledRun scheduled, PreparedRun prepared, Runnable returned) {
        Cancellation cancellation = new Cancellation(clock, clock.instant().plus(settings.deadline()));
        CommandHeader header = scheduled.record().header();
        String agentId = prepared.spec().id();
        RunAddress address = new RunAddress(header.user(), header.threadId(), header.runId(), agentId);
        Publisher publisher = scheduled.record().assignment().publisher();
        RecordedRun before = prepared.before();
        RunEmitter out = before == null ? publisher.run(address) : publisher.resume(address, before);
        TraceSpan step =
                tracing.take("heddle.run", TraceParent.bytes(scheduled.record().traceparent()));
        String trace = TraceParent.text(step.header());
        out.traced(trace);
        RunContext bare = new RunContext(address, out.attempt(), prepared.input(), cancellation).traced(trace);
        RunContext context = bare.withTools(new ToolDispatcher(prepared.spec().tools(), bare, out, tools));
        ActiveRun run = new ActiveRun(prepared, context, out, threads, metrics);
        Future<?> deadline = deadlines.schedule(
                () -> stop(run, RunEnding.DEADLINE), settings.deadline().toMillis(), TimeUnit.MILLISECONDS);
        run.outcome().thenAccept(outcome -> {
            deadline.cancel(false);
            if (outcome == ActiveRun.Outcome.ENDED) {
                step.end();
            } else {
                step.fail(outcome.name());
            }
        });
        threads.execute(() -> {
            try {
                run.work();
            } finally {
                returned.run();
            }
        });
        return run;
    }

    /** Runs the task after this time, on a thread that must not be blocked. */
    Future<?> after(Duration time, Runnable task) {
        return deadlines.schedule(task, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Leaves a run to another process; returns at once. */
    void abandon(ActiveRun run) {
        threads.execute(run::abandon);
    }

    /** Stops a run; returns at once. */
    void stop(ActiveRun run, RunEnding why) {
        threads.execute(() -> run.stop(why));
    }

    /** Interrupts the agents that are still at work; their runs have been ended before. */
    @Override
    public void close() {
        deadlines.shutdownNow();
        threads.shutdownNow();
    }
}
