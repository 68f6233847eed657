package dev.heddle.executor;

import dev.heddle.agents.ToolResult;
import dev.heddle.topic.UnreadableRange;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The meters of an executor; tag values come from enums only. Safe on any thread. */
final class ExecutorMetrics {

    /** The outcome of a record of the command topic. */
    enum CommandResult {
        /** Began a run. */
        RUN,
        /** Stopped a run, or kept it from beginning. */
        CANCEL,
        /** Answered with an event outside any run. */
        REPLIED,
        /** Refused, since too much waited. */
        SURPLUS,
        /** Seen before; nothing to do. */
        DUPLICATE,
        /** Not decodable, or not in its user's partition; skipped. */
        POISON
    }

    private final Map<CommandResult, Counter> commands;
    private final Map<RunEnding, Counter> runs;
    private final Map<OrphanedRuns.Cause, Counter> lost;
    private final Map<ThreadFold.Fault, Counter> faults;
    private final Map<ToolResult.Status, Timer> tools;
    private final Counter takeovers;
    private final Counter reclaims;
    private final Counter continued;
    private final Counter unreadable;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Timer creation;
    private final Timer dispatch;

    ExecutorMetrics(MeterRegistry meters) {
        commands = each(CommandResult.class, result -> Counter.builder("heddle.executor.commands")
                .description("Commands taken, by what became of them")
                .tag("result", tag(result))
                .register(meters));
        runs = each(RunEnding.class, ending -> Counter.builder("heddle.executor.runs.ended")
                .description("Runs ended, by how")
                .tag("ending", tag(ending))
                .register(meters));
        lost = each(OrphanedRuns.Cause.class, cause -> Counter.builder("heddle.executor.runs.lost")
                .description("Runs of other processes that were ended after a takeover, by why")
                .tag("cause", tag(cause))
                .register(meters));
        faults = each(ThreadFold.Fault.class, fault -> Counter.builder("heddle.executor.thread.faults")
                .description("Events left out when a thread was read back, because they do not fit")
                .tag("fault", tag(fault))
                .register(meters));
        tools = each(ToolResult.Status.class, status -> Timer.builder("heddle.executor.tools")
                .description("Tool calls, by how they ended")
                .tag("result", tag(status))
                .register(meters));
        takeovers = Counter.builder("heddle.executor.takeovers")
                .description("Command partitions taken over: fenced, and their log read back")
                .register(meters);
        reclaims = Counter.builder("heddle.executor.reclaims")
                .description("Command partitions claimed anew because their fence had broken")
                .register(meters);
        continued = Counter.builder("heddle.executor.runs.continued")
                .description("Runs of other processes that an agent went on with")
                .register(meters);
        unreadable = Counter.builder("heddle.executor.log.unreadable")
                .description(
                        "Offsets of the log and the commands that are kept and cannot be read, as of damaged batches; they"
                                + " are skipped")
                .baseUnit("offsets")
                .register(meters);
        Gauge.builder("heddle.executor.runs.running", running, AtomicInteger::get)
                .description("Runs whose agent is at work")
                .register(meters);
        Gauge.builder("heddle.executor.runs.waiting", waiting, AtomicInteger::get)
                .description("Runs that wait for their thread or for room")
                .register(meters);
        creation = Timer.builder("heddle.executor.agent.creation")
                .description("How long factories take to make an agent")
                .register(meters);
        dispatch = Timer.builder("heddle.executor.dispatch")
                .description("From a run's turn to its agent's first line")
                .register(meters);
    }

    /** Shows how many threads of agents and tools are lost. */
    static void show(StuckThreads threads, MeterRegistry meters) {
        for (StuckThreads.Kind kind : StuckThreads.Kind.values()) {
            Gauge.builder("heddle.executor.threads.lost", threads.counter(kind), AtomicInteger::get)
                    .description("Threads of agents and tools that go on although their time is over")
                    .tag("kind", tag(kind))
                    .register(meters);
        }
    }

    void command(CommandResult result) {
        count(commands.get(result));
    }

    void ended(RunEnding ending) {
        count(runs.get(ending));
    }

    void lost(OrphanedRuns.Cause cause) {
        count(lost.get(cause));
    }

    void faults(Map<ThreadFold.Fault, Integer> leftOut) {
        leftOut.forEach((fault, events) -> {
            Counter counter = faults.get(fault);
            if (counter != null) {
                counter.increment(events);
            }
        });
    }

    void tookOver() {
        takeovers.increment();
    }

    void reclaimed() {
        reclaims.increment();
    }

    void unreadable(UnreadableRange skipped) {
        unreadable.increment((double) skipped.offsets());
    }

    void continued() {
        continued.increment();
    }

    void tool(ToolResult.Status status, Duration took) {
        Timer timer = tools.get(status);
        if (timer != null) {
            timer.record(took);
        }
    }

    void load(int runningNow, int waitingNow) {
        running.set(runningNow);
        waiting.set(waitingNow);
    }

    void created(long nanos) {
        creation.record(nanos, TimeUnit.NANOSECONDS);
    }

    void dispatched(long nanos) {
        dispatch.record(nanos, TimeUnit.NANOSECONDS);
    }

    private static void count(@Nullable Counter counter) {
        if (counter != null) {
            counter.increment();
        }
    }

    private static <E extends Enum<E>, M> Map<E, M> each(Class<E> type, Function<E, M> meter) {
        Map<E, M> meters = new EnumMap<>(type);
        for (E value : type.getEnumConstants()) {
            meters.put(value, meter.apply(value));
        }
        return meters;
    }

    private static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
