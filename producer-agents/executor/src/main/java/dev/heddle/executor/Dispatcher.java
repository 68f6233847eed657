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
 * The decider on each command, in the order of the log. A run holds up nothing but the next run of its own AG-UI
 * thread.
 *
 * <p>All state belongs to one thread, {@code loop}; public methods may be called on any and hand over to it. Commands
 * whose events cannot be appended because the partition's fence is broken stay unsettled, so they come again with the
 * partition's next assignment.
 */
final class Dispatcher {

    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    private final Executor loop;
    private final RunLauncher launcher;
    private final RunPreparation preparation;
    private final ThreadReader threads;
    private final Takeover takeover;
    private final CommandReplies replies;
    private final OrphanedRuns orphanedRuns;
    private final IntConsumer loadObserver;
    private final ExecutorMetrics metrics;
    private final ExecutorConfig config;
    private final FairScheduler scheduler;
    private final Backlog backlog;
    private final OverdueAgents overdue;
    private final Map<RunKey, ScheduledRun> scheduledRuns = new HashMap<>();
    private final RunCompletions waits = new RunCompletions();
    /** Commands that wait for their partition to be taken over. */
    private final Map<PartitionAssignment, List<CommandRecord>> deferred = new HashMap<>();

    private boolean draining;
    private boolean pumping;
    private int load;

    /**
     * A dispatcher without commands.
     *
     * @param loop the thread that owns all state
     * @param loadObserver told how many agents are at work
     */
    Dispatcher(
            Executor loop,
            ExecutorConfig config,
            RunLauncher launcher,
            RunPreparation preparation,
            ThreadReader threads,
            Takeover takeover,
            CommandReplies replies,
            OrphanedRuns orphanedRuns,
            IntConsumer loadObserver,
            StuckThreads stuckThreads,
            ExecutorMetrics metrics) {
        this.loop = loop;
        this.config = config;
        this.launcher = launcher;
        this.preparation = preparation;
        this.threads = threads;
        this.takeover = takeover;
        this.replies = replies;
        this.orphanedRuns = orphanedRuns;
        this.loadObserver = loadObserver;
        this.metrics = metrics;
        this.scheduler =
                new FairScheduler(config.runs().maxConcurrent(), config.runs().maxPerUser());
        this.backlog = new Backlog(config.commands());
        this.overdue = new OverdueAgents(stuckThreads, this::free);
    }

    /** Takes commands of one or more partitions, in the order of each partition. */
    CompletableFuture<Void> accept(List<CommandRecord> records) {
        return CompletableFuture.runAsync(() -> records.forEach(record -> guarded(record, () -> route(record))), loop);
    }

    /** Begins no more runs; completes when the runs at work have ended. Cancels still work. */
    CompletableFuture<Void> drain() {
        return onLoop(() -> {
            draining = true;
            List.copyOf(scheduledRuns.values()).stream()
                    .filter(scheduled -> scheduled.run() == null)
                    .forEach(this::forget);
            return waits.whenEnded(Set.copyOf(scheduledRuns.values()));
        });
    }

    /**
     * Ends all runs of these assignments and forgets the assignments; completes when their last events are
     * acknowledged.
     */
    CompletableFuture<Void> release(Collection<PartitionAssignment> assignments, RunEnding why) {
        return onLoop(() -> {
            Set<ScheduledRun> theirs = scheduledRuns.values().stream()
                    .filter(scheduled -> assignments.contains(scheduled.record().assignment()))
                    .collect(Collectors.toSet());
            CompletionStage<Void> ended = waits.whenEnded(theirs);
            for (ScheduledRun scheduled : theirs) {
                ActiveRun run = scheduled.run();
                if (run == null) {
                    forget(scheduled);
                } else if (why == RunEnding.ABANDONED || run.survives()) {
                    launcher.abandon(run);
                } else {
                    launcher.stop(run, why);
                }
            }
            assignments.forEach(PartitionAssignment::release);
            assignments.forEach(deferred::remove);
            return ended;
        });
    }

    private CompletableFuture<Void> onLoop(Supplier<CompletionStage<Void>> work) {
        return CompletableFuture.supplyAsync(work, loop).thenCompose(ended -> ended);
    }

    /** Runs the work for one command; an exception, which is a bug, does not reach the other commands. */
    private void guarded(CommandRecord record, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            log.atError()
                    .setCause(e)
                    .addKeyValue("partition", record.assignment().partition())
                    .addKeyValue("offset", record.offset())
                    .log("A command could not be handled");
            giveUp(record);
        }
    }

    private void giveUp(CommandRecord record) {
        try {
            ScheduledRun scheduled = scheduledRuns.get(record.runKey());
            boolean isPrepared = scheduled != null && scheduled.record().equals(record);
            if (scheduled != null && isPrepared) {
                forget(scheduled);
            }
            LoggedRun trace = record.trace();
            if (trace != null) {
                endLost(record, trace, OrphanedRuns.Cause.EXECUTOR_LOST);
            } else if (isPrepared) {
                record.assignment().counted(orphanedRuns.endUnprepared(record)).thenRun(record::settle);
            } else {
                reply(record, CommandReply.INVALID);
            }
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).log("Nor could that be told");
            record.settle();
        }
    }

    private void route(CommandRecord record) {
        PartitionAssignment assignment = record.assignment();
        if (assignment.isReleased()) {
            return;
        }
        if (assignment.hasEnded(record.offset())) {
            assignment.deduplication().remember(record.command(), record.at());
        } else if (assignment.isTaken()) {
            handle(record);
        } else {
            deferred.computeIfAbsent(assignment, first -> new ArrayList<>()).add(record);
            if (assignment.defer(record.weight())) {
                takeover.take(assignment, record.at()).thenAccept(taken -> loop.execute(() -> took(assignment, taken)));
            }
        }
    }

    private void took(PartitionAssignment assignment, TakenPartition taken) {
        if (assignment.isReleased()) {
            takeover.leave(taken);
        } else {
            metrics.tookOver();
            assignment.take(taken);
            List<CommandRecord> waited = deferred.remove(assignment);
            if (waited != null) {
                waited.forEach(record -> guarded(record, () -> handle(record)));
            }
        }
    }

    /** Handles one command. While draining, a command for no run here is left to the next executor. */
    private void handle(CommandRecord record) {
        if (draining && !scheduledRuns.containsKey(record.runKey())) {
            return;
        }
        CommandDeduplication.Match sighting =
                record.assignment().deduplication().remember(record.command(), record.at());
        if (sighting == CommandDeduplication.Match.SAME_COMMAND || record.isAnswered()) {
            metrics.command(CommandResult.DUPLICATE);
            record.settle();
        } else if (record.command().type() == StoredCommand.Type.CANCEL) {
            cancel(record);
        } else if (sighting == CommandDeduplication.Match.SAME_RUN || scheduledRuns.containsKey(record.runKey())) {
            reply(record, CommandReply.DUPLICATE_RUN);
        } else {
            begin(record);
        }
    }

    private void begin(CommandRecord record) {
        LoggedRun trace = record.trace();
        String agentId = record.command().agentId();
        if (trace != null) {
            pickUp(record, trace);
        } else if (agentId != null && launcher.find(agentId).isEmpty()) {
            reply(record, CommandReply.UNKNOWN_AGENT);
        } else if (record.isCancelled()) {
            reply(record, CommandReply.CANCELLED);
        } else if (isExpired(record)) {
            reply(record, CommandReply.EXPIRED);
        } else {
            enqueue(new ScheduledRun(record, null));
        }
    }

    /** Continues or ends a run that another process began. */
    private void pickUp(CommandRecord record, LoggedRun trace) {
        if (trace.isOver()) {
            metrics.command(CommandResult.DUPLICATE);
            record.settle();
        } else if (record.isCancelled()) {
            endLost(record, trace, OrphanedRuns.Cause.CANCELLED);
        } else if (!launcher.canContinue(trace.agentId())) {
            endLost(record, trace, OrphanedRuns.Cause.EXECUTOR_LOST);
        } else if (trace.attempt() + 1 >= config.takeover().attempts()) {
            endLost(record, trace, OrphanedRuns.Cause.TOO_MANY_ATTEMPTS);
        } else {
            enqueue(new ScheduledRun(record, trace));
        }
    }

    private void endLost(CommandRecord record, LoggedRun trace, OrphanedRuns.Cause cause) {
        lose(record, trace, cause).thenRun(record::settle);
    }

    /** Ends a run that another process began and that does not continue after all. */
    private void endLost(ScheduledRun scheduled, LoggedRun trace, OrphanedRuns.Cause cause) {
        lose(scheduled.record(), trace, cause).thenRun(scheduled::settle);
        forget(scheduled);
    }

    private CompletionStage<Void> lose(CommandRecord record, LoggedRun trace, OrphanedRuns.Cause cause) {
        metrics.lost(cause);
        return record.assignment().counted(orphanedRuns.end(record, trace, cause));
    }

    private boolean isExpired(CommandRecord record) {
        return record.at().plus(config.commands().maxAge()).isBefore(launcher.now());
    }

    private void enqueue(ScheduledRun scheduled) {
        if (!draining) {
            scheduledRuns.put(scheduled.runKey(), scheduled);
            scheduler.add(scheduled);
            if (scheduled.trace() == null) {
                backlog.add(scheduled);
            }
            pump();
            refuseSurplus(scheduled.user());
        }
    }

    /** Refuses runs while too much waits. A run with events in the log is never refused. */
    private void refuseSurplus(UserKey user) {
        for (ScheduledRun scheduled = backlog.surplus(user); scheduled != null; scheduled = backlog.surplus(user)) {
            answer(scheduled, CommandReply.RATE_LIMITED);
        }
    }

    private void cancel(CommandRecord record) {
        ScheduledRun scheduled = scheduledRuns.get(record.runKey());
        if (scheduled == null || !scheduled.threadKey().equals(record.threadKey())) {
            if (record.trace() != null) {
                record.settle();
            } else {
                reply(record, CommandReply.NOT_RUNNING);
            }
            return;
        }
        metrics.command(CommandResult.CANCEL);
        ActiveRun run = scheduled.run();
        LoggedRun trace = scheduled.trace();
        scheduled.cancelledBy(record);
        if (run != null) {
            launcher.stop(run, RunEnding.CANCELLED);
        } else if (trace != null) {
            endLost(scheduled, trace, OrphanedRuns.Cause.CANCELLED);
        } else {
            answer(scheduled, CommandReply.CANCELLED);
        }
    }

    private void reply(CommandRecord record, CommandReply reply) {
        metrics.command(CommandResult.REPLIED);
        record.assignment().counted(replies.send(record, reply)).thenRun(record::settle);
    }

    /** Replies to a command instead of beginning its run. */
    private void answer(ScheduledRun scheduled, CommandReply reply) {
        metrics.command(reply == CommandReply.RATE_LIMITED ? CommandResult.SURPLUS : CommandResult.REPLIED);
        CommandRecord record = scheduled.record();
        record.assignment().counted(replies.send(record, reply)).thenRun(scheduled::settle);
        forget(scheduled);
    }

    /** Gives the next runs their turn. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        for (ScheduledRun scheduled = scheduler.next(); scheduled != null; scheduled = scheduler.next()) {
            ScheduledRun next = scheduled;
            guarded(next.record(), () -> takeTurn(next));
        }
        pumping = false;
        if (load != scheduler.running()) {
            load = scheduler.running();
            loadObserver.accept(load);
        }
        metrics.load(load, scheduler.waiting());
    }

    private void takeTurn(ScheduledRun scheduled) {
        scheduled.takePlace();
        backlog.remove(scheduled);
        ThreadReader.Reach reach = preparation.needs(scheduled);
        if (isExpired(scheduled.record()) && scheduled.before() == null) {
            answer(scheduled, CommandReply.EXPIRED);
        } else if (reach == null) {
            open(scheduled, null);
        } else {
            threads.read(
                            scheduled.record().assignment().partition(),
                            scheduled.threadKey(),
                            scheduled.runKey().runId(),
                            reach)
                    .whenComplete((fold, failure) -> loop.execute(() -> {
                        guarded(scheduled.record(), () -> read(scheduled, fold, failure));
                        pump();
                    }));
        }
    }

    private void read(ScheduledRun scheduled, @Nullable ThreadFold fold, @Nullable Throwable failure) {
        if (failure != null) {
            throw new IllegalStateException("the run's thread could not be read", failure);
        }
        open(scheduled, fold);
    }

    /** Opens the run, unless it was cancelled or given up meanwhile. */
    private void open(ScheduledRun scheduled, @Nullable ThreadFold fold) {
        if (scheduled.isDropped()) {
            return;
        }
        RunPreparation.Result result = preparation.open(scheduled, fold);
        if (result instanceof RunPreparation.Result.Open open) {
            tryLaunch(scheduled, open.prepared());
        } else if (result instanceof RunPreparation.Result.Refused refused) {
            answer(scheduled, refused.reply());
        }
    }

    private void tryLaunch(ScheduledRun scheduled, PreparedRun prepared) {
        try {
            launch(scheduled, prepared);
        } catch (InvalidEventException e) { // the recorded events are not legal, so no agent can go on from them
            LoggedRun trace = scheduled.trace();
            if (trace != null) {
                endLost(scheduled, trace, OrphanedRuns.Cause.EXECUTOR_LOST);
            } else {
                answer(scheduled, CommandReply.INVALID);
            }
        }
    }

    private void launch(ScheduledRun scheduled, PreparedRun prepared) {
        metrics.command(CommandResult.RUN);
        ActiveRun run = launcher.launch(scheduled, prepared, () -> loop.execute(() -> overdue.returned(scheduled)));
        scheduled.started(run);
        run.outcome().thenAccept(outcome -> loop.execute(() -> ended(scheduled, run.emitter(), outcome)));
    }

    private void free(ScheduledRun scheduled) {
        if (scheduled.leavePlace()) {
            scheduler.free(scheduled.user());
            pump();
        }
    }

    private void ended(ScheduledRun scheduled, RunEmitter out, ActiveRun.Outcome outcome) {
        if (!scheduled.hasAgentReturned()) {
            Runnable late = () -> overdue.add(scheduled);
            scheduled.graceEndsWith(launcher.after(config.runs().grace(), () -> loop.execute(late)));
        }
        switch (outcome) {
            case INVALID_INPUT -> answer(scheduled, CommandReply.INVALID);
            case TOO_LARGE_INPUT -> answer(scheduled, CommandReply.TOO_LARGE);
            case ENDED -> {
                preparation.remember(scheduled, out);
                scheduled.settle();
                forget(scheduled);
            }
            case UNPUBLISHED, ABANDONED -> forget(scheduled);
        }
    }

    /** Forgets a run that is over or will not begin, and gives the next run of its AG-UI thread a turn. */
    private void forget(ScheduledRun scheduled) {
        scheduled.drop();
        if (scheduled.run() == null) {
            free(scheduled);
        }
        scheduledRuns.remove(scheduled.runKey(), scheduled);
        backlog.remove(scheduled);
        if (scheduled.hasPlace()) {
            scheduler.finished(scheduled);
        } else {
            scheduler.withdraw(scheduled);
        }
        waits.ended(scheduled);
        pump();
    }
}
