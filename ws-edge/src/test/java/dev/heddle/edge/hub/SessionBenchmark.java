package dev.heddle.edge.hub;

import dev.heddle.edge.bench.Samples;
import dev.heddle.event.Generation;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * An event's way through the hub: a tail's step that brings {@value #BATCH} events, and for each of them a session's
 * {@code advance()} to a frame with its JSON. No Kafka, no socket, one thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SessionBenchmark {
    private static final int BATCH = 64;
    private static final int WINDOW_BYTES = 64 << 20;

    /** With a session each; their events come in turn. */
    @Param({"64", "1000"})
    public int users;

    private final Feed feed = new Feed();
    private final List<UserKey> keys = new ArrayList<>();
    private final List<byte[]> values = new ArrayList<>();
    private final HubEnvironment environment = environment();
    private final HubWorkers workers = new HubWorkers(feed, environment);
    private final Hub hub = new Hub(feed, environment, workers);
    private long bytes;
    private int turn;

    private static HubEnvironment environment() {
        HubConfig bounds = HubConfig.defaults();
        HubConfig config = new HubConfig(
                WINDOW_BYTES,
                bounds.inFlightBytes(),
                bounds.catchUpBytes(),
                bounds.frameBytes(),
                bounds.joinRecords(),
                bounds.lookBackRecords(),
                bounds.blockRecords(),
                bounds.linger(),
                1);
        return new HubEnvironment(config, new SilentObserver(), System::nanoTime);
    }

    @Setup
    public void connect() {
        Executor here = Runnable::run;
        IntStream.range(0, users).forEach(i -> {
            UserKey user = UserKey.of("user-" + i);
            keys.add(user);
            values.add(Samples.stored(user));
            Start start = hub.begin(user, Subscription.ALL, new StartRequest.Latest())
                    .toCompletableFuture()
                    .join();
            hub.open(start, new Counting(), here).start();
        });
        workers.tail().step(Duration.ZERO);
        advance();
        if (bytes == 0) {
            throw new IllegalStateException("nothing was delivered");
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long advance() {
        for (int i = 0; i < BATCH; i++) {
            feed.append(keys.get(turn), values.get(turn));
            turn = (turn + 1) % users;
        }
        workers.tail().step(Duration.ZERO);
        return bytes;
    }

    /** A socket that takes everything at once. */
    private final class Counting implements SessionSink {
        @Override
        public void write(HubFrame frame, FrameOutcome outcome) {
            if (frame instanceof HubFrame.Events events) {
                for (LogRecord record : events.records()) {
                    bytes += record.item().json().length;
                }
            }
            outcome.onFrameWritten();
        }

        @Override
        public void close(EndReason reason) {
            throw new IllegalStateException("closed: " + reason);
        }
    }

    /** A log of one partition that forgets what it has handed on. */
    private static final class Feed implements EventLog {
        private List<LogRecord> fresh = new ArrayList<>();
        private long end;

        void append(UserKey user, byte[] value) {
            fresh.add(new LogRecord(new RecordPlace(end++, 0), 0, user, value));
        }

        @Override
        public Generation generation() {
            return new Generation(new UUID(1, 1), 1);
        }

        @Override
        public CompletionStage<Extent> extent(int partition) {
            return CompletableFuture.completedStage(new Extent(0, end, 0));
        }

        @Override
        public CompletionStage<Long> offsetAt(int partition, Instant time) {
            return CompletableFuture.completedStage(end);
        }

        @Override
        public CompletionStage<Position> agreement(int partition, Position position, Extent now) {
            return CompletableFuture.completedStage(position);
        }

        @Override
        public LogReader openReader(LogReader.Use use) {
            return new FeedReader(use);
        }

        @Override
        public BlockIndex openIndex() {
            return new InMemoryBlockIndex(new InMemoryEventLog(1));
        }

        @Override
        public void close() {}

        private final class FeedReader implements LogReader {
            private final Use use;

            FeedReader(Use use) {
                this.use = use;
            }

            @Override
            public Fetch poll(Duration wait, Wanted wanted) {
                if (use != Use.TAIL || fresh.isEmpty()) {
                    return Fetch.NOTHING;
                }
                List<LogRecord> batch = fresh;
                fresh = new ArrayList<>();
                return new Fetch(List.of(new PartitionFetch(0, batch, Passed.NONE, new Position(end, 0))), List.of());
            }

            @Override
            public void seek(int partition, long offset) {}

            @Override
            public void pause(int partition) {}

            @Override
            public void resume(int partition) {}

            @Override
            public void drop(int partition) {}

            @Override
            public void wakeup() {}

            @Override
            public void close() {}
        }
    }
}
