package dev.heddle.executor;

import dev.heddle.agents.RunEmitter;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import dev.heddle.executor.ExecutorMetrics.CommandResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what each command does, in the order of the log. A run holds up nothing but the next run of its own thread.
 *
 * <p>All state belongs to one thread, {@code loop}; public methods may be called on any and hand over to it. What
 * cannot be appended because the partition's fence is broken is left as it is: its commands are not settled, so they
 * come again with the partition's next claim.
 */
final class Dispatcher {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    private final Executor loop;
    private final Parts parts;
    private final ExecutorConfig config;
    private final Turns turns;
    private final Backlog backlog;
    private final OverdueAgents overdue;
    private final Map<RunKey, Job> jobs = new HashMap<>();
    private final JobWaits waits = new JobWaits();
    /** Commands that wait for their partition to be taken over. */
    private final Map<Claim, List<CommandRecord>> deferred = new HashMap<>();
    private boolean draining;
    private boolean pumping;
    private int load;

    /** What the dispatcher works with; the observer is told how many agents are at work. */
    record Parts(
            RunLauncher launcher,
            Openings openings,
            ThreadReader threads,
            Takeover takeover,
            CommandReplies replies,
            LostRuns lostRuns,
            IntConsumer observer,
            LostThreads lostThreads,
            ExecutorMetrics metrics) {}

    Dispatcher(Executor loop, Parts parts, ExecutorConfig config) {
        this.loop = loop;
        this.parts = parts;
        this.config = config;
        this.turns = new Turns(config.runs().maxConcurrent(), config.runs().maxPerUser());
        this.backlog = new Backlog(config.commands());
        this.overdue = new OverdueAgents(parts.lostThreads(), this::free);
    }

    /** Takes commands of one or more partitions, in the order of each partition. */
    CompletableFuture<Void> accept(List<CommandRecord> records) {
        return CompletableFuture.runAsync(() -> records.forEach(record -> guarded(record, () -> route(record))), loop);
    }

    /** Begins no run any more; completes when those at work have ended. Cancels still work. */
    CompletableFuture<Void> drain() {
        return onLoop(() -> {
            draining = true;
            List.copyOf(jobs.values()).stream().filter(job -> job.run() == null).forEach(this::forget);
            return waits.whenEnded(Set.copyOf(jobs.values()));
        });
    }

    /**
     * Ends all runs of these claims and forgets the claims; completes when what is to be told of them is acknowledged.
     */
    CompletableFuture<Void> release(Collection<Claim> claims, RunEnding why) {
        return onLoop(() -> {
            Set<Job> theirs = jobs.values().stream()
                    .filter(job -> claims.contains(job.record().claim()))
                    .collect(Collectors.toSet());
            CompletionStage<Void> ended = waits.whenEnded(theirs);
            for (Job job : theirs) {
                ActiveRun run = job.run();
                if (run == null) {
                    forget(job);
                } else if (why == RunEnding.ABANDONED || run.survives()) {
                    parts.launcher().abandon(run);
                } else {
                    parts.launcher().stop(run, why);
                }
            }
            claims.forEach(Claim::release);
            claims.forEach(deferred::remove);
            return ended;
        });
    }

    private CompletableFuture<Void> onLoop(Supplier<CompletionStage<Void>> work) {
        return CompletableFuture.supplyAsync(work, loop).thenCompose(ended -> ended);
    }

    /** A bug in the handling of one command concerns that command. */
    private void guarded(CommandRecord record, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("partition", record.claim().partition())
                    .addKeyValue("offset", record.offset())
                    .log("a command could not be handled");
            giveUp(record);
        }
    }

    private void giveUp(CommandRecord record) {
        try {
            Job job = jobs.get(record.runKey());
            boolean isPrepared = job != null && job.record().equals(record);
            if (job != null && isPrepared) {
                forget(job);
            }
            RunTrace trace = record.trace();
            if (trace != null) {
                endLost(record, trace, LostRuns.Cause.EXECUTOR_LOST);
            } else if (isPrepared) {
                record.claim().counted(parts.lostRuns().endUnprepared(record)).thenRun(record::settle);
            } else {
                reply(record, CommandReply.INVALID);
            }
        } catch (RuntimeException | Error e) {
            LOG.atError().setCause(e).log("nor could that be told");
            record.settle();
        }
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
        } else {
            deferred.computeIfAbsent(claim, first -> new ArrayList<>()).add(record);
            if (claim.defer(record.weight())) {
                parts.takeover().take(claim, record.at()).thenAccept(taken -> loop.execute(() -> took(claim, taken)));
            }
        }
    }

    private void took(Claim claim, TakenPartition taken) {
        if (claim.isReleased()) {
            parts.takeover().leave(taken);
        } else {
            parts.metrics().tookOver();
            claim.take(taken);
            List<CommandRecord> waited = deferred.remove(claim);
            if (waited != null) {
                waited.forEach(record -> guarded(record, () -> handle(record)));
            }
        }
    }

    /**
     * What comes while draining and belongs to no run here is left to the next executor, with the run that it is about.
     */
    private void handle(CommandRecord record) {
        if (draining && !jobs.containsKey(record.runKey())) {
            return;
        }
        SeenCommands.Sighting sighting = record.claim().seen().remember(record.command(), record.at());
        if (sighting == SeenCommands.Sighting.SAME_COMMAND || record.isAnswered()) {
            parts.metrics().command(CommandResult.DUPLICATE);
            record.settle();
        } else if (record.command().type() == StoredCommand.Type.CANCEL) {
            cancel(record);
        } else if (sighting == SeenCommands.Sighting.SAME_RUN || jobs.containsKey(record.runKey())) {
            reply(record, CommandReply.DUPLICATE_RUN);
        } else {
            begin(record);
        }
    }

    private void begin(CommandRecord record) {
        RunTrace trace = record.trace();
        String agentId = record.command().agentId();
        if (trace != null) {
            pickUp(record, trace);
        } else if (agentId != null && parts.launcher().find(agentId).isEmpty()) {
            reply(record, CommandReply.UNKNOWN_AGENT);
        } else if (record.isCancelled()) {
            reply(record, CommandReply.CANCELLED);
        } else if (isExpired(record)) {
            reply(record, CommandReply.EXPIRED);
        } else {
            enqueue(new Job(record, null));
        }
    }

    /** A run that another process began: it goes on, or ends now. */
    private void pickUp(CommandRecord record, RunTrace trace) {
        if (trace.isOver()) {
            parts.metrics().command(CommandResult.DUPLICATE);
            record.settle();
        } else if (record.isCancelled()) {
            endLost(record, trace, LostRuns.Cause.CANCELLED);
        } else if (!parts.launcher().canContinue(trace.agentId())) {
            endLost(record, trace, LostRuns.Cause.EXECUTOR_LOST);
        } else if (trace.attempt() + 1 >= config.takeover().attempts()) {
            endLost(record, trace, LostRuns.Cause.TOO_MANY_ATTEMPTS);
        } else {
            enqueue(new Job(record, trace));
        }
    }

    private void endLost(CommandRecord record, RunTrace trace, LostRuns.Cause cause) {
        lose(record, trace, cause).thenRun(record::settle);
    }

    /** The job's run was begun elsewhere and is not gone on with after all. */
    private void endLost(Job job, RunTrace trace, LostRuns.Cause cause) {
        lose(job.record(), trace, cause).thenRun(job::settle);
        forget(job);
    }

    private CompletionStage<Void> lose(CommandRecord record, RunTrace trace, LostRuns.Cause cause) {
        parts.metrics().lost(cause);
        return record.claim().counted(parts.lostRuns().end(record, trace, cause));
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
            if (job.trace() == null) {
                backlog.add(job);
            }
            pump();
            refuseSurplus(job.user());
        }
    }

    /** What the log holds nothing of may be refused; a run that has begun is gone on with. */
    private void refuseSurplus(UserKey user) {
        for (Job job = backlog.surplus(user); job != null; job = backlog.surplus(user)) {
            answer(job, CommandReply.RATE_LIMITED);
        }
    }

    private void cancel(CommandRecord record) {
        Job job = jobs.get(record.runKey());
        if (job == null || !job.threadKey().equals(record.threadKey())) {
            if (record.trace() != null) {
                record.settle();
            } else {
                reply(record, CommandReply.NOT_RUNNING);
            }
            return;
        }
        parts.metrics().command(CommandResult.CANCEL);
        ActiveRun run = job.run();
        RunTrace trace = job.trace();
        job.cancelledBy(record);
        if (run != null) {
            parts.launcher().stop(run, RunEnding.CANCELLED);
        } else if (trace != null) {
            endLost(job, trace, LostRuns.Cause.CANCELLED);
        } else {
            answer(job, CommandReply.CANCELLED);
        }
    }

    private void reply(CommandRecord record, CommandReply reply) {
        parts.metrics().command(CommandResult.REPLIED);
        record.claim().counted(parts.replies().send(record, reply)).thenRun(record::settle);
    }

    /** The job becomes no run: that is told instead. */
    private void answer(Job job, CommandReply reply) {
        parts.metrics().command(reply == CommandReply.RATE_LIMITED ? CommandResult.SURPLUS : CommandResult.REPLIED);
        CommandRecord record = job.record();
        record.claim().counted(parts.replies().send(record, reply)).thenRun(job::settle);
        forget(job);
    }

    /** Gives the next runs their turn. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        for (Job job = turns.next(); job != null; job = turns.next()) {
            Job next = job;
            guarded(next.record(), () -> takeTurn(next));
        }
        pumping = false;
        if (load != turns.running()) {
            load = turns.running();
            parts.observer().accept(load);
        }
        parts.metrics().load(load, turns.waiting());
    }

    private void takeTurn(Job job) {
        job.takePlace();
        backlog.remove(job);
        ThreadReader.Reach reach = parts.openings().needs(job);
        if (isExpired(job.record()) && job.before() == null) {
            answer(job, CommandReply.EXPIRED);
        } else if (reach == null) {
            open(job, null);
        } else {
            parts.threads()
                    .read(
                            job.record().claim().partition(),
                            job.threadKey(),
                            job.runKey().runId(),
                            reach)
                    .whenComplete((fold, failure) -> loop.execute(() -> {
                        guarded(job.record(), () -> read(job, fold, failure));
                        pump();
                    }));
        }
    }

    private void read(Job job, @Nullable ThreadFold fold, @Nullable Throwable failure) {
        if (failure != null) {
            throw new IllegalStateException("the run's thread could not be read", failure);
        }
        open(job, fold);
    }

    /** Unless it was cancelled or given up meanwhile. */
    private void open(Job job, @Nullable ThreadFold fold) {
        if (job.isDropped()) {
            return;
        }
        Openings.Result result = parts.openings().open(job, fold);
        if (result instanceof Openings.Result.Open open) {
            tryLaunch(job, open.opening());
        } else if (result instanceof Openings.Result.Refused refused) {
            answer(job, refused.reply());
        }
    }

    private void tryLaunch(Job job, Opening opening) {
        try {
            launch(job, opening);
        } catch (InvalidEventException e) { // what is recorded is not legal, so nobody can go on with it
            RunTrace trace = job.trace();
            if (trace != null) {
                endLost(job, trace, LostRuns.Cause.EXECUTOR_LOST);
            } else {
                answer(job, CommandReply.INVALID);
            }
        }
    }

    private void launch(Job job, Opening opening) {
        parts.metrics().command(CommandResult.RUN);
        ActiveRun run = parts.launcher().launch(job, opening, () -> loop.execute(() -> overdue.returned(job)));
        job.started(run);
        run.outcome().thenAccept(outcome -> loop.execute(() -> ended(job, run.emitter(), outcome)));
    }

    private void free(Job job) {
        if (job.leavePlace()) {
            turns.free(job.user());
            pump();
        }
    }

    private void ended(Job job, RunEmitter out, ActiveRun.Outcome outcome) {
        if (!job.hasAgentReturned()) {
            Runnable late = () -> overdue.add(job);
            job.graceEndsWith(parts.launcher().after(config.runs().grace(), () -> loop.execute(late)));
        }
        switch (outcome) {
            case INVALID_INPUT -> answer(job, CommandReply.INVALID);
            case TOO_LARGE_INPUT -> answer(job, CommandReply.TOO_LARGE);
            case ENDED -> {
                parts.openings().remember(job, out.messageIds());
                job.settle();
                forget(job);
            }
            case UNPUBLISHED, ABANDONED -> forget(job);
        }
    }

    /** The job is over, or its turn will not come; the next of its thread is up. */
    private void forget(Job job) {
        job.drop();
        if (job.run() == null) {
            free(job);
        }
        jobs.remove(job.runKey(), job);
        backlog.remove(job);
        turns.remove(job, job.hasPlace() ? Turns.Began.YES : Turns.Began.NO);
        waits.ended(job);
        pump();
    }
}
