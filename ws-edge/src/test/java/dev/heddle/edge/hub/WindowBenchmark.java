package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;
import java.util.ArrayList;
import java.util.List;
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

/**
 * A window that is full: what a record costs on its way in (with another's way out), and what a user's next ones cost
 * to read.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WindowBenchmark {
    private static final int RECORDS = 1 << 16;
    private static final int VALUE_BYTES = 300;
    private static final int FRAME_BYTES = 64 * 1024;

    /** Whose records come in turn. */
    @Param({"100", "10000"})
    public int users;

    private final List<RecordChain> chains = new ArrayList<>();
    private Window window = window();
    private long offset;

    private static Window window() {
        return new Window(new Window.Mark(1, 0, 0), new ByteBudget(1L << 40), chain -> {});
    }

    @Setup
    public void fill() {
        IntStream.range(0, users).forEach(i -> chains.add(new RecordChain(UserKey.of("user-" + i), 0)));
        window = window();
        for (int i = 0; i < RECORDS; i++) {
            append();
        }
        if (readTheLast() != 1) {
            throw new IllegalStateException("the last record was not found");
        }
    }

    private void append() {
        RecordChain chain = chains.get((int) (offset % users));
        LogRecord record = new LogRecord(new RecordPlace(offset, 0), 0, chain.user(), new byte[VALUE_BYTES]);
        window.append(record, chain);
        offset++;
        window.publish(offset, 0);
    }

    @Benchmark
    public void appendAndEvict() {
        append();
        window.evict(1);
    }

    @Benchmark
    public int readTheLast() {
        RecordChain chain = chains.get((int) ((offset - 1) % users));
        // Users come in turn, so this is the sequence of the same user's record before the last.
        ReadBatch batch = new ReadBatch(FRAME_BYTES, chain.last() - users);
        window.read(chain, offset - 1, batch);
        return batch.records().size();
    }
}
