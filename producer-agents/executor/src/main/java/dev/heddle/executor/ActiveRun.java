package dev.heddle.executor;

import dev.heddle.agents.Agent;
import dev.heddle.agents.AgentSpec;
import dev.heddle.agents.PublishFailedException;
import dev.heddle.agents.RecordedRun;
import dev.heddle.agents.ResumableAgent;
import dev.heddle.agents.RunContext;
import dev.heddle.agents.RunEmitter;
import dev.heddle.agents.RunEndedException;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.TooLargeEventException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run at work: its agent on one thread, and a stop on another. The first of the two decides the end; the emitter
 * allows only one.
 *
 * <pre>
 *   new ──work()──▶ begun ──agent returns──▶ FINISHED
 *                     │ ──agent throws────▶ FAILED, INVALID_EVENT, TOO_LARGE
 *                     │ ──stop(why)───────▶ CANCELLED, DEADLINE, MOVED, STOPPED   (the agent is told afterwards)
 *                     └ ──abandon()───────▶ ABANDONED                             (another process ends it)
 * </pre>
 */
final class ActiveRun {

    private static final Logger log = LoggerFactory.getLogger(ActiveRun.class);

    /** The result of a run that is over, by which the dispatcher decides how to go on. */
    enum Outcome {
        /** Its end is in the log. */
        ENDED,
        /** It could not begin with this input; nothing of it is in the log. */
        INVALID_INPUT,
        /** Its input is more than the log takes in one event; nothing of it is in the log. */
        TOO_LARGE_INPUT,
        /** Kafka did not acknowledge one of its events: the partition's fence is broken. */
        UNPUBLISHED,
        /** It belongs to another process now. */
        ABANDONED
    }

    private final PreparedRun prepared;
    private final AgentSpec spec;
    private final RunContext context;
    private final RunEmitter out;
    private final ExecutorMetrics metrics;
    private final Executor threads;
    private final AtomicReference<@Nullable RunEnding> ending = new AtomicReference<>();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    /** @param threads run what agents may block: their listeners */
    ActiveRun(PreparedRun prepared, RunContext context, RunEmitter out, Executor threads, ExecutorMetrics metrics) {
        this.prepared = prepared;
        this.spec = prepared.spec();
        this.context = context;
        this.out = out;
        this.metrics = metrics;
        this.threads = threads;
        out.ended().whenComplete((done, failure) -> conclude(failure));
    }

    /** Completes once, on any thread, when nothing of this run will be appended any more. */
    CompletionStage<Outcome> outcome() {
        return outcome;
    }

    RunEmitter emitter() {
        return out;
    }

    /** True if another process can go on with it. */
    boolean survives() {
        return spec.onLoss() == AgentSpec.OnLoss.CONTINUE;
    }

    /** Runs the agent to its end. Called once, on the run's thread; throws nothing. */
    void work() {
        long turn = System.nanoTime();
        try {
            if (!begin()) {
                return;
            }
            context.cancellation().guard(() -> {
                long making = System.nanoTime();
                Agent agent = spec.factory().get();
                long made = System.nanoTime();
                metrics.created(made - making);
                metrics.dispatched(made - turn);
                act(agent);
            });
            decide(RunEnding.FINISHED);
            out.finish();
        } catch (PublishFailedException e) {
            log.atWarn()
                    .addKeyValue("agent", spec.id())
                    .addKeyValue("reason", e.reason())
                    .log("A publish failed");
        } catch (InvalidEventException e) {
            fail(e instanceof TooLargeEventException ? RunEnding.TOO_LARGE : RunEnding.INVALID_EVENT, e);
        } catch (Throwable e) {
            fail(RunEnding.FAILED, e);
        }
    }

    private void act(Agent agent) throws Exception {
        RecordedRun before = prepared.before();
        if (before == null) {
            agent.run(context, out);
        } else if (agent instanceof ResumableAgent resumable) {
            metrics.continued();
            context.tools().recover(before);
            resumable.resume(context, before, out);
        } else {
            throw new IllegalStateException("agent '" + spec.id() + "' is said to be resumable and is not");
        }
    }

    /** Ends the run in the log, whatever its agent is doing, and then tells the agent. May block while Kafka does. */
    void stop(RunEnding why) {
        try {
            if (begin()) {
                decide(why);
                end(why);
            }
        } catch (PublishFailedException e) {
            failed(e);
        } finally {
            context.cancellation().request();
        }
    }

    /** Appends nothing more and tells the agent: another process ends this run. May block while Kafka does. */
    void abandon() {
        decide(RunEnding.ABANDONED);
        out.abandon();
        context.cancellation().request();
    }

    /** Puts RUN_STARTED with the input into the log, unless it is there; false if AG-UI forbids this input. */
    private synchronized boolean begin() {
        if (out.hasBegun() || out.isOver()) {
            return !outcome.isDone();
        }
        try {
            out.start(prepared.told());
            return true;
        } catch (InvalidEventException e) {
            outcome.complete(e instanceof TooLargeEventException ? Outcome.TOO_LARGE_INPUT : Outcome.INVALID_INPUT);
            out.abandon();
            return false;
        } catch (RunEndedException e) {
            return true;
        }
    }

    private void end(RunEnding why) {
        switch (why) {
            case CANCELLED, STOPPED -> out.cancel();
            case DEADLINE -> out.fail("deadline_exceeded", "The run took longer than it may.");
            case MOVED -> out.fail("executor_lost", "The run's work has moved to another process.");
            case INVALID_EVENT -> out.fail("invalid_event", "The agent emitted an event that is not allowed.");
            case TOO_LARGE -> out.fail("too_large", "The agent emitted an event that is larger than the log takes.");
            case FAILED -> out.fail("agent_failed", "The agent failed.");
            case FINISHED -> out.finish();
            case ABANDONED -> out.abandon();
        }
    }

    /**
     * Ends the run as failed, unless it is over or stopped: then the exception is only the agent's reaction to that.
     */
    private void fail(RunEnding why, Throwable failure) {
        if (out.isOver() || context.cancellation().isRequested()) {
            return;
        }
        decide(why);
        StackTraceElement[] trace = failure.getStackTrace();
        log.atWarn()
                .addKeyValue("agent", spec.id())
                .addKeyValue("run", context.address().runId())
                .addKeyValue("error", failure.getClass().getName())
                .addKeyValue("at", trace.length == 0 ? "unknown" : trace[0])
                .log("An agent failed");
        try {
            end(why);
        } catch (PublishFailedException e) {
            failed(e);
        }
    }

    private void failed(PublishFailedException e) {
        log.atWarn()
                .addKeyValue("agent", spec.id())
                .addKeyValue("reason", e.reason())
                .log("A publish failed");
    }

    private void decide(RunEnding how) {
        ending.compareAndSet(null, how);
    }

    private void conclude(@Nullable Throwable failure) {
        Outcome result;
        if (failure == null) {
            result = Outcome.ENDED;
            decide(RunEnding.FINISHED);
        } else {
            result = failure instanceof PublishFailedException ? Outcome.UNPUBLISHED : Outcome.ABANDONED;
            threads.execute(context.cancellation()::request); // not here: this may be the thread of a whole partition
        }
        RunEnding how = ending.get();
        if (outcome.complete(result) && how != null) {
            metrics.ended(how);
        }
    }
}
