package dev.heddle.edge.bench;

import dev.heddle.event.Generation;
import dev.heddle.event.UserKey;
import dev.heddle.event.index.Block;
import dev.heddle.event.index.BlockFilter;
import dev.heddle.event.index.BlockFilterBuilder;
import dev.heddle.event.index.UserHash;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One block of the index: asking it for a user, reading its record, and making it from the block's records. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class IndexFilterBenchmark {
    /** Distinct users in the block. */
    @Param({"64", "4096"})
    public int users;

    private final Block block = Block.of(new Generation(new UUID(1, 2), 64), 17, 0);
    private final long[] asked = {UserHash.of(UserKey.of("nobody"))};
    private List<UserKey> keys = List.of();
    private BlockFilter filter = BlockFilter.rewind(block);

    @Setup
    public void make() {
        keys = IntStream.range(0, users).mapToObj(i -> UserKey.of("user-" + i)).toList();
        filter = build();
    }

    @Benchmark
    public long ask() {
        return filter.next(asked, 0);
    }

    @Benchmark
    public BlockFilter decode() {
        return BlockFilter.decode(block.generation(), block.partition(), block.key(), filter.value());
    }

    @Benchmark
    public BlockFilter build() {
        BlockFilterBuilder builder = new BlockFilterBuilder(block, block.start());
        for (int i = 0; i < Block.OFFSETS; i++) {
            builder.add(i, keys.get(i % users));
        }
        return builder.build();
    }
}
