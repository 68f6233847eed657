package dev.heddle.edge.bench;

import dev.heddle.event.AgentEvent;
import dev.heddle.event.EventCodec;
import dev.heddle.event.EventItem;
import dev.heddle.event.UserKey;
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

/** One event from the publisher's tree to Avro, and from Avro to the ITEM that clients get. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EncodingBenchmark {
    private final UserKey user = UserKey.of("user-1");
    private final AgentEvent event = Samples.event(user);
    private final byte[] stored = Samples.stored(user);

    @Benchmark
    public byte[] treeToAvro() {
        return EventCodec.encode(event);
    }

    @Benchmark
    public byte[] avroToItem() {
        return EventItem.of(user, stored).json();
    }

    @Benchmark
    public UserKey keyOfARecord() {
        return UserKey.fromUtf8(user.utf8());
    }
}
