package dev.heddle.local;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * The placeholder of {@code heddle bench} in the list of commands. The benchmark is a module of its own that no other
 * module needs; {@code ./heddle} builds and starts that module instead of this command.
 */
@Command(name = "bench", description = "Measure what Heddle delivers on this machine; through ./heddle in a checkout.")
final class BenchCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new CommandFailedException(
                "the benchmark is in no jar: call ./heddle bench in a checkout of the sources");
    }
}
