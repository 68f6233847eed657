package dev.heddle.agents.runtime;

import dev.heddle.agents.AgentSpec;
import dev.heddle.agents.ExecutorConfig;
import dev.heddle.agents.RunEmitter;
import dev.heddle.agents.runtime.CommandReplies.Reply;
import dev.heddle.agents.runtime.ExecutorMetrics.CommandResult;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.RunCancel;
import dev.heddle.event.RunStart;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides what each command does, in the order of the log. A run holds up nothing but the next run of its own thread.
 *
 * <p>All state belongs to one thread, {@code loop}; public methods may be called on any and hand over to it. What cannot be
 * appended because the partition's fence is broken is left as it is: its commands are not settled, so they come again with
 * the partition's next claim.
 */
final class Dispatcher {

    private final Executor loop;
    private final Parts parts;
    private final ExecutorConfig config;
    private final Turns turns;
    private final Map<RunKey, Job> jobs = new HashMap<>();
    private final List<Settling> settlings = new ArrayList<>();
    private boolean draining;
    private boolean pumping;
    private volatile int load;

    /** What the dispatcher works with. */
    record Parts(
            RunLauncher launcher,
            Openings openings,
            ThreadReader threads,
            Takeover takeover,
            CommandReplies replies,
            LostRuns lostRuns,
            LoadObserver observer,
            ExecutorMetrics metrics) {}

    /** Told when the number of agents at work has changed; on the dispatch thread. */
    @FunctionalInterface
    interface LoadObserver {
        void changed(int running);
    }

    /** Jobs that somebody waits for. */
    private record Settling(List<Job> open, CompletableFuture<Void> done) {
        private boolean ended(Job job) {
            open.remove(job);
            return open.isEmpty() && done.complete(null);
        }
    }

    Dispatcher(Executor loop, Parts parts, ExecutorConfig config) {
        this.loop = loop;
        this.parts = parts;
        this.config = config;
        this.turns = new Turns(config.runs().maxConcurrent(), config.runs().maxPerUser());
    }

    /** Takes commands of one or more partitions, in the order of each partition. */
    CompletableFuture<Void> accept(List<CommandRecord> records) {
        return CompletableFuture.runAsync(() -> records.forEach(this::route), loop);
    }

    /** Agents at work now. Any thread. */
    int running() {
        return load;
    }

    /** Begins no run any more; completes when those at work have ended. Cancels still work. */
    CompletableFuture<Void> drain() {
        return onLoop(() -> {
            draining = true;
            List<Job> waiting =
                    jobs.values().stream().filter(job -> job.run() == null).toList();
            waiting.forEach(this::forget);
            return whenEnded(new ArrayList<>(jobs.values()));
        });
    }

    /** Ends all runs of these claims and forgets the claims; completes when what is to be told of them is acknowledged. */
    CompletableFuture<Void> release(Collection<Claim> claims, ActiveRun.Ending why) {
        return onLoop(() -> {
            List<Job> theirs = new ArrayList<>(jobs.values().stream()
                    .filter(job -> claims.contains(job.record().claim()))
                    .toList());
            CompletionStage<Void> ended = whenEnded(theirs);
            for (Job job : List.copyOf(theirs)) {
                ActiveRun run = job.run();
                if (run == null) {
                    forget(job);
                } else if (why == ActiveRun.Ending.ABANDONED || run.survives()) {
                    run.abandon();
                } else {
                    parts.launcher().stop(run, why);
                }
            }
            claims.forEach(Claim::release);
            return ended;
        });
    }

    private CompletableFuture<Void> onLoop(Supplier<CompletionStage<Void>> work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> work.get().thenRun(() -> done.complete(null)));
        return done;
    }

    private CompletionStage<Void> whenEnded(List<Job> open) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (open.isEmpty()) {
            done.complete(null);
        } else {
            settlings.add(new Settling(open, done));
        }
        return done;
    }

    private void route(CommandRecord record) {
        Claim claim = record.claim();
        if (claim.isReleased()) {
            return;
        }
        if (claim.hasEnded(record.offset())) {
            claim.seen().remember(record.command(), record.at());
        } else if (claim.isTaken()) {
            handle(record);
        } else if (claim.defer(record)) {
            parts.takeover().take(claim, record.at()).thenAccept(ground -> loop.execute(() -> took(claim, ground)));
        }
    }

    private void took(Claim claim, Takeover.Ground ground) {
        if (claim.isReleased()) {
            parts.takeover().leave(ground);
        } else {
            parts.metrics().tookOver();
            claim.taken(ground).forEach(this::handle);
        }
    }

    private void handle(CommandRecord record) {
        SeenCommands.Sighting sighting = record.claim().seen().remember(record.command(), record.at());
        if (sighting == SeenCommands.Sighting.SAME_COMMAND || record.claim().isAnswered(record)) {
            parts.metrics().command(CommandResult.DUPLICATE);
            record.settle();
        } else if (sighting == SeenCommands.Sighting.SAME_RUN) {
            reply(record, Reply.DUPLICATE_RUN);
        } else if (record.command() instanceof RunCancel) {
            cancel(record);
        } else {
            begin(record);
        }
    }

    private void begin(CommandRecord record) {
        RunTrace trace = record.claim().traceOf(record);
        if (trace != null) {
            pickUp(record, trace);
        } else if (record.command() instanceof RunStart start
                && parts.launcher().find(start.agentId()).isEmpty()) {
            reply(record, Reply.UNKNOWN_AGENT);
        } else if (isExpired(record)) {
            reply(record, Reply.EXPIRED);
        } else {
            enqueue(new Job(record, null));
        }
    }

    /** A run that another process began: it goes on, or ends now. */
    private void pickUp(CommandRecord record, RunTrace trace) {
        if (trace.isOver()) {
            parts.metrics().command(CommandResult.DUPLICATE);
            record.settle();
        } else if (record.claim().isCancelled(record)) {
            endLost(record, trace, LostRuns.Cause.CANCELLED);
        } else if (!survives(trace.agentId())) {
            endLost(record, trace, LostRuns.Cause.EXECUTOR_LOST);
        } else if (trace.attempt() + 1 >= config.takeover().attempts()) {
            endLost(record, trace, LostRuns.Cause.TOO_MANY_ATTEMPTS);
        } else {
            enqueue(new Job(record, trace));
        }
    }

    private boolean survives(@Nullable String agentId) {
        return agentId != null
                && parts.launcher()
                        .find(agentId)
                        .filter(agent -> agent.onLoss() == AgentSpec.OnLoss.CONTINUE)
                        .isPresent();
    }

    private void endLost(CommandRecord record, RunTrace trace, LostRuns.Cause cause) {
        parts.metrics().lost(cause);
        parts.lostRuns().end(record, trace, cause).thenRun(record::settle);
    }

    /** The job's run was begun elsewhere and is not gone on with after all. */
    private void endLost(Job job, RunTrace trace, LostRuns.Cause cause) {
        parts.metrics().lost(cause);
        parts.lostRuns().end(job.record(), trace, cause).thenRun(job::settle);
        forget(job);
    }

    private boolean isExpired(CommandRecord record) {
        return record.at()
                .plus(config.commands().maxAge())
                .isBefore(parts.launcher().now());
    }

    private void enqueue(Job job) {
        if (!draining) {
            jobs.put(job.runKey(), job);
            turns.add(job);
            pump();
        }
    }

    private void cancel(CommandRecord record) {
        Job job = jobs.get(RunKey.of(record.command()));
        if (job == null || !job.threadKey().equals(ThreadKey.of(record.command()))) {
            if (record.claim().traceOf(record) != null) {
                record.settle();
            } else {
                reply(record, Reply.NOT_RUNNING);
            }
            return;
        }
        parts.metrics().command(CommandResult.CANCEL);
        ActiveRun run = job.run();
        RunTrace trace = job.trace();
        job.cancelledBy(record);
        if (run != null) {
            parts.launcher().stop(run, ActiveRun.Ending.CANCELLED);
        } else if (trace != null) {
            endLost(job, trace, LostRuns.Cause.CANCELLED);
        } else {
            answer(job, Reply.CANCELLED);
        }
    }

    private void reply(CommandRecord record, Reply reply) {
        parts.metrics().command(CommandResult.REPLIED);
        parts.replies().send(record, reply).thenRun(record::settle);
    }

    /** The job becomes no run: that is told instead. */
    private void answer(Job job, Reply reply) {
        parts.metrics().command(CommandResult.REPLIED);
        parts.replies().send(job.record(), reply).thenRun(job::settle);
        forget(job);
    }

    /** Gives the next runs their turn. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        for (Job job = turns.next(); job != null; job = turns.next()) {
            takeTurn(job);
        }
        pumping = false;
        if (load != turns.running()) {
            load = turns.running();
            parts.observer().changed(load);
        }
        parts.metrics().load(load, turns.waiting());
    }

    private void takeTurn(Job job) {
        job.takePlace();
        ThreadReader.Reach reach = parts.openings().needs(job);
        if (isExpired(job.record()) && job.before() == null) {
            turns.free(job.user());
            answer(job, Reply.EXPIRED);
        } else if (reach == null) {
            open(job, null);
        } else {
            parts.threads()
                    .read(
                            job.record().claim().partition(),
                            job.threadKey(),
                            job.runKey().runId(),
                            reach)
                    .thenAccept(fold -> loop.execute(() -> {
                        open(job, fold);
                        pump();
                    }));
        }
    }

    /** Cancelled or given up meanwhile, it only has its place to give back. */
    private void open(Job job, @Nullable ThreadFold fold) {
        if (job.isDropped()) {
            turns.free(job.user());
            return;
        }
        Openings.Result result = parts.openings().open(job, fold);
        if (result instanceof Openings.Result.Open open) {
            tryLaunch(job, open.opening());
        } else if (result instanceof Openings.Result.Refused refused) {
            turns.free(job.user());
            answer(job, refused.reply());
        }
    }

    private void tryLaunch(Job job, Opening opening) {
        try {
            launch(job, opening);
        } catch (InvalidEventException e) {
            // What is recorded of the run is not legal, so nobody can go on with it.
            turns.free(job.user());
            RunTrace trace = job.trace();
            if (trace != null) {
                endLost(job, trace, LostRuns.Cause.EXECUTOR_LOST);
            } else {
                answer(job, Reply.INVALID);
            }
        }
    }

    private void launch(Job job, Opening opening) {
        parts.metrics().command(CommandResult.RUN);
        ActiveRun run = parts.launcher()
                .launch(
                        job,
                        opening,
                        () -> loop.execute(() -> {
                            turns.free(job.user());
                            pump();
                        }));
        job.started(run);
        run.outcome().thenAccept(outcome -> loop.execute(() -> ended(job, run.emitter(), outcome)));
    }

    private void ended(Job job, RunEmitter out, ActiveRun.Outcome outcome) {
        if (outcome == ActiveRun.Outcome.INVALID_INPUT) {
            answer(job, Reply.INVALID);
            return;
        }
        if (outcome == ActiveRun.Outcome.ENDED) {
            parts.openings().remember(job, out.messageIds());
            job.settle();
        }
        forget(job);
    }

    /** The job is over, or its turn will not come; the next of its thread is up. */
    private void forget(Job job) {
        job.drop();
        jobs.remove(job.runKey(), job);
        turns.remove(job, job.hasPlace() ? Turns.Began.YES : Turns.Began.NO);
        settlings.removeIf(settling -> settling.ended(job));
        pump();
    }
}
