package dev.heddle.agents.runtime;

import dev.heddle.agents.AgentSpec;
import dev.heddle.agents.ExecutorConfig;
import dev.heddle.agents.runtime.CommandReplies.Reply;
import dev.heddle.agents.runtime.ExecutorMetrics.CommandResult;
import dev.heddle.event.RunCancel;
import dev.heddle.event.RunResume;
import dev.heddle.event.RunStart;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides what each command does, in the order of the log, and when each run's turn comes: one at a time in a thread,
 * so many at once in the executor. A run holds up nothing but the next run of its own thread.
 *
 * <p>All state belongs to one thread, {@code loop}; public methods may be called on any and hand over to it.
 */
final class Dispatcher {

    private final Executor loop;
    private final Parts parts;
    private final Takeover takeover;
    private final ExecutorConfig config;
    private final Map<RunKey, Job> jobs = new HashMap<>();
    private final Map<ThreadKey, Deque<Job>> threads = new HashMap<>();
    private final Deque<Job> runnable = new ArrayDeque<>();
    private final List<Settling> settlings = new ArrayList<>();
    private int running;
    private int waiting;
    private boolean draining;
    private boolean pumping;
    private volatile int load;

    /** What the dispatcher works with. */
    record Parts(RunLauncher launcher, CommandReplies replies, LostRuns lostRuns, ExecutorMetrics metrics) {}

    /** Jobs that somebody waits for. */
    private record Settling(List<Job> open, CompletableFuture<Void> done) {
        private boolean ended(Job job) {
            open.remove(job);
            return open.isEmpty() && done.complete(null);
        }
    }

    Dispatcher(Executor loop, Parts parts, Takeover takeover, ExecutorConfig config) {
        this.loop = loop;
        this.parts = parts;
        this.takeover = takeover;
        this.config = config;
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

    /** Ends all runs of these claims in the log and forgets the claims; completes when that is acknowledged. */
    CompletableFuture<Void> release(Collection<Claim> claims, ActiveRun.Ending why) {
        return onLoop(() -> {
            List<Job> theirs = jobsOf(claims);
            CompletionStage<Void> ended = whenEnded(theirs);
            for (Job job : List.copyOf(theirs)) {
                ActiveRun run = job.run();
                if (run == null) {
                    forget(job);
                } else if (why == ActiveRun.Ending.ABANDONED) {
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

    private List<Job> jobsOf(Collection<Claim> claims) {
        return new ArrayList<>(jobs.values().stream()
                .filter(job -> claims.contains(job.record().claim()))
                .toList());
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
        } else if (claim.history() instanceof Claim.History.Reading) {
            claim.defer(record);
        } else if (claim.mayHaveBegun(record.offset()) && claim.history() instanceof Claim.History.Unread) {
            claim.beginReading();
            claim.defer(record);
            takeover.read(claim.partition(), record.at()).thenAccept(traces -> loop.execute(() -> took(claim, traces)));
        } else {
            handle(record);
        }
    }

    private void took(Claim claim, RunHistory.Traces traces) {
        if (!claim.isReleased()) {
            claim.readDone(traces).forEach(this::handle);
        }
    }

    private void handle(CommandRecord record) {
        SeenCommands.Sighting sighting = record.claim().seen().remember(record.command(), record.at());
        if (sighting == SeenCommands.Sighting.SAME_COMMAND || record.claim().isAnswered(record)) {
            parts.metrics().command(CommandResult.DUPLICATE);
            record.settle();
        } else if (sighting == SeenCommands.Sighting.SAME_RUN) {
            reply(record, Reply.DUPLICATE_RUN);
        } else if (record.command() instanceof RunStart start) {
            start(record, start);
        } else if (record.command() instanceof RunCancel) {
            cancel(record);
        } else if (record.command() instanceof RunResume) {
            reply(record, Reply.NOTHING_TO_RESUME);
        }
    }

    private void start(CommandRecord record, RunStart command) {
        RunTrace trace = record.claim().traceOf(record);
        if (trace != null) {
            endLost(record, trace);
            return;
        }
        AgentSpec spec = parts.launcher().find(command.agentId()).orElse(null);
        if (spec == null) {
            reply(record, Reply.UNKNOWN_AGENT);
        } else if (isExpired(record)) {
            reply(record, Reply.EXPIRED);
        } else if (!draining) {
            Job job = new Job(record, command, spec);
            jobs.put(job.runKey(), job);
            waiting++;
            Deque<Job> thread = threads.computeIfAbsent(job.threadKey(), key -> new ArrayDeque<>(2));
            thread.add(job);
            if (thread.size() == 1) {
                runnable.add(job);
            }
            pump();
        }
    }

    private boolean isExpired(CommandRecord record) {
        return record.at()
                .plus(config.commands().maxAge())
                .isBefore(parts.launcher().now());
    }

    private void endLost(CommandRecord record, RunTrace trace) {
        if (trace.isOver()) {
            parts.metrics().command(CommandResult.DUPLICATE);
            record.settle();
            return;
        }
        RunKey run = RunKey.of(record.command());
        parts.metrics().lost(LostRuns.Cause.EXECUTOR_LOST);
        parts.lostRuns().end(run, trace, LostRuns.Cause.EXECUTOR_LOST).whenComplete((ended, failure) -> {
            if (failure == null) {
                record.settle();
            } else {
                parts.lostRuns().repair(record, LostRuns.Cause.EXECUTOR_LOST).thenAccept(found -> record.settle());
            }
        });
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
        job.cancelledBy(record);
        if (run != null) {
            parts.launcher().stop(run, ActiveRun.Ending.CANCELLED);
        } else {
            forget(job);
            sendReply(job.record(), Reply.CANCELLED).thenRun(job::settle);
        }
    }

    private void reply(CommandRecord record, Reply reply) {
        parts.metrics().command(CommandResult.REPLIED);
        sendReply(record, reply).thenRun(record::settle);
    }

    private CompletionStage<Void> sendReply(CommandRecord record, Reply reply) {
        return parts.replies().send(record.command().header(), reply);
    }

    /** Gives the next runs their turn. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        while (running < config.runs().maxConcurrent()) {
            Job job = runnable.poll();
            if (job == null) {
                break;
            }
            if (!job.isDropped()) {
                takeTurn(job);
            }
        }
        pumping = false;
        load = running;
        parts.metrics().load(running, waiting);
    }

    private void takeTurn(Job job) {
        if (isExpired(job.record())) {
            reply(job.record(), Reply.EXPIRED);
            forget(job);
        } else {
            launch(job);
        }
    }

    private void launch(Job job) {
        running++;
        waiting--;
        parts.metrics().command(CommandResult.RUN);
        ActiveRun run = parts.launcher().launch(job.spec(), job.command(), () -> loop.execute(this::returned));
        job.started(run);
        run.outcome().thenAccept(outcome -> loop.execute(() -> ended(job, outcome)));
    }

    private void returned() {
        running--;
        pump();
    }

    private void ended(Job job, ActiveRun.Outcome outcome) {
        switch (outcome) {
            case ENDED -> {
                job.settle();
                forget(job);
            }
            case INVALID_INPUT -> {
                sendReply(job.record(), Reply.INVALID).thenRun(job::settle);
                forget(job);
            }
            case ABANDONED -> forget(job);
            case UNPUBLISHED -> {
                parts.metrics().lost(LostRuns.Cause.PUBLISH_FAILED);
                parts.lostRuns()
                        .repair(job.record(), LostRuns.Cause.PUBLISH_FAILED)
                        .thenAccept(found -> loop.execute(() -> repaired(job, found)));
            }
        }
    }

    private void repaired(Job job, LostRuns.Found found) {
        switch (found) {
            case NOTHING -> sendReply(job.record(), Reply.UNAVAILABLE).thenRun(job::settle);
            case ENDED -> job.settle();
            case ANOTHERS -> {}
        }
        forget(job);
    }

    /** The job is over, or never came to its turn; the next of its thread is up. */
    private void forget(Job job) {
        if (job.run() == null) {
            waiting--;
        }
        job.drop();
        jobs.remove(job.runKey(), job);
        Deque<Job> thread = threads.get(job.threadKey());
        if (thread != null) {
            boolean wasFirst = thread.peek() == job;
            thread.remove(job);
            @Nullable Job next = thread.peek();
            if (next == null) {
                threads.remove(job.threadKey());
            } else if (wasFirst) {
                runnable.add(next);
            }
        }
        settlings.removeIf(settling -> settling.ended(job));
        pump();
    }
}
