package dev.heddle.local;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * The place of {@code heddle bench} in the list of commands. The benchmark itself is a module of its own that nothing
 * else needs; {@code ./heddle} builds and starts that one instead of this.
 */
@Command(name = "bench", description = "Measure what Heddle delivers on this machine; through ./heddle in a checkout.")
final class BenchCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new CommandFailedException(
                "the benchmark is in no jar: call ./heddle bench in a checkout of the sources");
    }
}
