package dev.heddle.bench;

import dev.heddle.bench.load.Fleet;
import dev.heddle.bench.report.Machine;
import dev.heddle.bench.report.Report;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** A suite of the benchmark: the options that all suites have, and the steps with which each begins and ends. */
abstract class Suite implements Callable<Integer> {
    @Mixin
    private final StackOptions stack = new StackOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    private final EdgeProgram program;
    private @Nullable ProgressLog progress;

    Suite(EdgeProgram program) {
        this.program = program;
    }

    /** Measures, and gives the report on this machine. */
    abstract Report measure(Map<String, String> machine);

    @Override
    public final Integer call() {
        return output.publish(measure(Machine.describe()));
    }

    final StackOptions stack() {
        return stack;
    }

    /** The progress log, whose clock starts at its first line. */
    final ProgressLog progress() {
        if (progress == null) {
            progress = output.progress();
        }
        return progress;
    }

    /** Starts Kafka, or finds the stack that runs already. */
    final BenchCluster startCluster() {
        if (stack.running() == null) {
            progress().say("starting Kafka");
        }
        return BenchCluster.start(stack, program);
    }

    /** Connects all clients of a fleet, and waits until each has its hello. */
    static void connect(Fleet fleet, Duration limit) {
        fleet.come();
        Waiting.require(
                "everybody is connected",
                limit,
                () -> fleet.greeted() == fleet.connections().size());
    }
}
