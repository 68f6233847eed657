package dev.heddle.edge.bench;

import dev.heddle.event.Cursor;
import dev.heddle.event.Generation;
import dev.heddle.event.MalformedCursorException;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A cursor to text, as in every events frame, and back, as in every resume. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CursorBenchmark {
    private final UserKey user = UserKey.of("user-1");
    private final Cursor first = Cursor.at(new Generation(new UUID(1, 2), 64), user, new Position(0, 3), 0);
    private final String text = first.encode();
    private long offset;

    @Benchmark
    public String toText() {
        return first.at(new Position(offset++, 3)).encode();
    }

    @Benchmark
    public Cursor ofText() throws MalformedCursorException {
        return Cursor.parse(text);
    }
}
