package dev.heddle.edge.hub;

import dev.heddle.event.Generation;
import dev.heddle.event.Partitioning;
import dev.heddle.event.UserKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Delivery of one edge: it decides where clients begin, opens their sessions, and runs the threads of the tail, the
 * catch-up readers and the backward scan. Thread-safe. The composition root makes one and closes it last.
 */
public final class Hub implements AutoCloseable {
    /** The distance from the end, in offsets, beyond which catching up is quicker than tailing. */
    private static final long MAX_TAIL_LAG = 1_000_000;

    private static final Duration TAIL_WAIT = Duration.ofMillis(500);
    private static final Duration CATCH_UP_WAIT = Duration.ofMillis(50);

    private final EventLog log;
    private final HubEnvironment environment;
    private final HubWorkers workers;
    private final StartResolver starts;
    private final Session.Context context = new SessionContext();
    private final HubThread tailThread;
    private final List<HubThread> catchUpThreads = new ArrayList<>();
    private final HubThread backwardScanThread;
    private final SessionCounts sessions = new SessionCounts();
    private final ConcurrentMap<Executor, Executor> lowPriority = new ConcurrentHashMap<>();
    private volatile long tailStepped;
    private volatile @Nullable EndReason ended;

    /** A hub whose threads do not run yet. It owns the log, and closes it. */
    public Hub(EventLog log, HubEnvironment environment) {
        this(log, environment, new HubWorkers(log, environment));
    }

    /** A hub whose readers are stepped by the caller until {@link #start} is called. */
    Hub(EventLog log, HubEnvironment environment, HubWorkers workers) {
        this.log = log;
        this.environment = environment;
        this.workers = workers;
        this.starts = new StartResolver(log, this::scanBackward);
        this.tailThread = new HubThread("tail", () -> {}, this::stepTail, workers.tail());
        List<CatchUpReader> readers = workers.catchUpReaders();
        for (int i = 0; i < readers.size(); i++) {
            CatchUpReader reader = readers.get(i);
            catchUpThreads.add(new HubThread(
                    "catch-up-" + i, () -> reader.warmUp(warmUp()), () -> reader.step(CATCH_UP_WAIT), reader));
        }
        BackwardScan scan = workers.backwardScan();
        this.backwardScanThread =
                new HubThread("backward-scan", () -> scan.warmUp(warmUp()), () -> scan.step(CATCH_UP_WAIT), scan);
    }

    /** Starts the threads. */
    public void start() {
        tailStepped = nanoTime();
        threads().forEach(HubThread::start);
    }

    private Stream<HubThread> threads() {
        return Stream.concat(Stream.of(tailThread, backwardScanThread), catchUpThreads.stream());
    }

    private WarmUp warmUp() {
        return WarmUp.of(log, environment);
    }

    private boolean stepTail() {
        workers.tail().step(TAIL_WAIT);
        tailStepped = nanoTime();
        return true;
    }

    private long nanoTime() {
        return environment.nanoTime().getAsLong();
    }

    /** True if every reader has made its connections. */
    public boolean isWarm() {
        return threads().allMatch(HubThread::isWarm);
    }

    /** True if all threads run. */
    public boolean isAlive() {
        return threads().allMatch(HubThread::isAlive);
    }

    /** The time since the tail's last step, in ns; normally half a second at most. */
    public long sinceTailStep() {
        return nanoTime() - tailStepped;
    }

    /**
     * The tail's distance from the end of the log, in offsets: the largest of the partitions whose leader answers. In a
     * partition where it exceeds a million, the tail goes on from the end.
     */
    public CompletionStage<Long> tailLag() {
        CompletionStage<Long> most = CompletableFuture.completedStage(0L);
        for (HubPartition partition : workers.partitions()) {
            Window window = partition.window();
            if (window != null) {
                int number = partition.partition();
                CompletionStage<Long> lag = log.extent(number)
                        .thenApply(extent -> {
                            workers.tail().reportExtent(number, extent, MAX_TAIL_LAG);
                            return extent.end() - window.end().offset();
                        })
                        .exceptionally(away -> 0L);
                most = most.thenCombine(lag, Math::max);
            }
        }
        return most;
    }

    /** Ends every session, and each session that starts later: the log was replaced, or a thread has died. */
    public void endAll(EndReason reason) {
        ended = reason;
        for (HubPartition partition : workers.partitions()) {
            partition.forEachSubscriber(subscriber -> subscriber.loop().execute(() -> subscriber.end(reason)));
        }
    }

    /** The log that this edge serves. */
    public Generation generation() {
        return log.generation();
    }

    /** The partition of a user's events. */
    public int partitionOf(UserKey user) {
        return Partitioning.partitionOf(user, partitions());
    }

    /**
     * Decides where a client begins. Completes on any thread; fails when Kafka is away.
     *
     * <p>The end of the log is asked for after the call: every event that was acknowledged before the client connected
     * lies before {@link HubFrame.CaughtUp}.
     */
    public CompletionStage<Start> begin(UserKey user, Subscription subscription, StartRequest request) {
        return starts.resolve(user, subscription, request);
    }

    /**
     * Looks a run up in the user's events before the end that the log had at a start. Completes on any thread; fails
     * when the log cannot be read.
     *
     * @param start of the user; its place does not matter
     */
    public CompletionStage<RunSearchResult> lookUp(Start start, RunQuery query) {
        RunSearch search = new RunSearch(start, query, this::scanBackward);
        search.begin();
        return search.result();
    }

    /**
     * A session that delivers nothing yet.
     *
     * @param loop event loop that owns the session; the same object for all sessions of a loop
     */
    public Session open(Start start, SessionSink sink, Executor loop) {
        return new Session(start, sink, loop, context);
    }

    /** The bytes of all windows. */
    public ByteBudget windowBytes() {
        return workers.windowBytes();
    }

    /** The credit of everything on its way to clients. */
    public Credit credit() {
        return environment.credit();
    }

    /** The number of users with a session or a record in a window. */
    public int users() {
        return workers.partitions().stream().mapToInt(HubPartition::users).sum();
    }

    /** The number of partitions that the tail reads now. */
    public int tailedPartitions() {
        return (int) workers.partitions().stream()
                .filter(partition -> partition.window() != null)
                .count();
    }

    /** The number of partitions of the log. */
    public int partitions() {
        return workers.partitions().size();
    }

    /** The number of sessions in each state. */
    public SessionCounts sessions() {
        return sessions;
    }

    private void scanBackward(int partition, BackwardScan.Range range, BackwardScanRequest request) {
        workers.backwardScan().request(partition, range, request);
        backwardScanThread.wake();
    }

    @Override
    public void close() {
        threads().forEach(HubThread::close);
        log.close();
    }

    /** This hub as its sessions see it. */
    private final class SessionContext implements Session.Context {
        @Override
        public HubEnvironment environment() {
            return environment;
        }

        @Override
        public ByteBudget windowBytes() {
            return workers.windowBytes();
        }

        @Override
        public SessionCounts counts() {
            return sessions;
        }

        @Override
        public @Nullable EndReason ended() {
            return ended;
        }

        @Override
        public HubPartition partition(int number) {
            return workers.partitions().get(number);
        }

        @Override
        public Executor lowPriority(Executor loop) {
            return lowPriority.computeIfAbsent(loop, LowPriorityExecutor::new);
        }

        @Override
        public void requestTail(HubPartition partition, EventLog.Extent extent) {
            workers.tail().request(partition, extent);
        }

        @Override
        public void catchUp(CatchUpRequest request) {
            int partition = partitionOf(request.user());
            int reader = workers.catchUpReaderOf(partition);
            workers.catchUpReaders().get(reader).request(partition, request);
            catchUpThreads.get(reader).wake();
        }

        @Override
        public void requestSnapshot(Start start, SnapshotRequest request) {
            BackwardScan.Range range = new BackwardScan.Range(
                    start.extent().start(), start.cursor().position().offset());
            scanBackward(start.partition(), range, new SnapshotBuilder(start.cursor(), start.user(), request));
        }
    }
}
