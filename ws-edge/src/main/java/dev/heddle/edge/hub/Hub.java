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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivery of one edge: decides where clients begin, opens their sessions, and runs the tail and the catch-up readers
 * that feed them. Thread-safe. The composition root makes one and closes it last.
 */
public final class Hub implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Hub.class);
    /** So far behind, reading from the end and catching up is quicker. */
    private static final long HOPELESS_LAG = 1_000_000;

    private static final Duration TAIL_WAIT = Duration.ofMillis(500);
    private static final Duration CATCH_UP_WAIT = Duration.ofMillis(50);

    private final EventLog log;
    private final HubEnvironment environment;
    private final StartResolver starts;
    private final LookBack lookBack;
    private final List<PartitionInDemand> partitions;
    private final ByteBudget windowBytes;
    private final Tail tail;
    private final List<CatchUpReader> catchUps = new ArrayList<>();
    private final List<HubThread> threads = new ArrayList<>();
    private final SessionCounts sessions = new SessionCounts();
    private final ConcurrentMap<Executor, Executor> unhurried = new ConcurrentHashMap<>();
    private volatile long tailStepped;
    private volatile @Nullable Ending ended;

    /** A hub whose threads do not run yet. It takes the log over, and closes it. */
    public Hub(EventLog log, HubEnvironment environment) {
        HubConfig config = environment.config();
        this.log = log;
        this.environment = environment;
        this.lookBack =
                new LookBack(log.openReader(LogReader.Use.CATCH_UP), log.openIndex(), this::wakeLookBack, environment);
        this.starts = new StartResolver(log, lookBack);
        this.windowBytes = new ByteBudget(config.windowBytes());
        Partitions all = Partitions.of(log.generation().partitions(), config.joinRecords(), windowBytes);
        this.partitions = all.all();
        this.tail = new Tail(log.openReader(LogReader.Use.TAIL), all, this::logChanged, environment);
        long share = config.catchUpBytes() / config.catchUpReaders();
        for (int i = 0; i < config.catchUpReaders(); i++) {
            LogReader reader = log.openReader(LogReader.Use.CATCH_UP);
            catchUps.add(new CatchUpReader(
                    reader, log.openIndex(), new CatchUpReader.Share(partitions, share), environment));
        }
    }

    /** Set once {@link #endAll} was called. */
    @Nullable
    Ending ended() {
        return ended;
    }

    /** Starts the tail's and the catch-up readers' threads. */
    public void start() {
        tailStepped = environment.nanoTime().getAsLong();
        WarmUp warmUp = WarmUp.of(log, environment);
        threads.add(new HubThread("tail", () -> {}, this::tailStep, tail));
        for (int i = 0; i < catchUps.size(); i++) {
            CatchUpReader catchUp = catchUps.get(i);
            threads.add(new HubThread(
                    "catch-up-" + i, () -> catchUp.warmUp(warmUp), () -> catchUp.step(CATCH_UP_WAIT), catchUp));
        }
        threads.add(new HubThread(
                "look-back", () -> lookBack.warmUp(warmUp), () -> lookBack.step(CATCH_UP_WAIT), lookBack));
        threads.forEach(HubThread::start);
    }

    private boolean tailStep() {
        tail.step(TAIL_WAIT);
        tailStepped = environment.nanoTime().getAsLong();
        return true;
    }

    /** Whether every reader has made its connections. */
    public boolean isWarm() {
        return threads.stream().allMatch(HubThread::isWarm);
    }

    /** Whether the tail and every catch-up reader are at work. */
    public boolean isAlive() {
        return !threads.isEmpty() && threads.stream().allMatch(HubThread::isAlive);
    }

    /** How long ago the tail ended a step, in ns; a step ends at least every half second unless something is wrong. */
    public long sinceTailStep() {
        return environment.nanoTime().getAsLong() - tailStepped;
    }

    /**
     * How many offsets the tail is behind the end of the log, in the partition where that is the most of those whose
     * leader answers. A partition in which it is hopelessly behind is tailed from its end on.
     */
    public CompletionStage<Long> tailLag() {
        CompletionStage<Long> most = CompletableFuture.completedStage(0L);
        for (PartitionInDemand partition : partitions) {
            Window window = partition.window();
            if (window != null) {
                CompletionStage<Long> lag = log.extent(partition.partition())
                        .thenApply(extent -> {
                            tail.seen(partition, extent, HOPELESS_LAG);
                            return extent.end() - window.end().offset();
                        })
                        .exceptionally(away -> 0L);
                most = most.thenCombine(lag, Math::max);
            }
        }
        return most;
    }

    /** Takes the tail for hopelessly behind wherever it is behind at all. */
    void leapTail(int partition) {
        PartitionInDemand leapt = partitions.get(partition);
        tail.seen(leapt, log.extent(partition).toCompletableFuture().join(), 0);
    }

    /**
     * Ends every session, and those that come: this hub's log is another one now, or its readers are not to be trusted.
     */
    public void endAll(Ending ending) {
        ended = ending;
        for (PartitionInDemand partition : partitions) {
            partition.forEachSession(session -> session.loop().execute(() -> session.end(ending)));
        }
    }

    /** Which log this edge serves. */
    public Generation generation() {
        return log.generation();
    }

    /** The partition of a user's events. */
    public int partitionOf(UserKey user) {
        return Partitioning.partitionOf(user, partitions.size());
    }

    /**
     * Decides where a client begins. Completes on any thread; fails when Kafka is away.
     *
     * <p>The order of questions matters to {@link HubFrame.CaughtUp}: the end of the log is asked for after the call,
     * so whatever was acknowledged before the client connected lies before it.
     */
    public CompletionStage<Start> begin(UserKey user, Subscription subscription, StartRequest request) {
        return starts.resolve(user, subscription, request);
    }

    /**
     * A session that delivers nothing yet.
     *
     * @param loop the event loop that owns the session, the same object for all the sessions of a loop
     */
    public Session open(Start start, SessionSink sink, Executor loop) {
        return new Session(start, sink, loop, this);
    }

    /** What all windows hold. */
    public ByteBudget windowBytes() {
        return windowBytes;
    }

    /** What is on its way to clients. */
    public Credit credit() {
        return environment.credit();
    }

    /** How many users the edge knows: those with a session, or a record in a window. */
    public int users() {
        return partitions.stream().mapToInt(PartitionInDemand::users).sum();
    }

    /** How many partitions the tail reads now. */
    public int tailedPartitions() {
        return (int) partitions.stream()
                .filter(partition -> partition.window() != null)
                .count();
    }

    /** How many partitions the log has. */
    public int partitions() {
        return partitions.size();
    }

    /** How many sessions are in each state. */
    public SessionCounts sessions() {
        return sessions;
    }

    // ---- the sessions' side

    long nanoTime() {
        return environment.nanoTime().getAsLong();
    }

    /** Where the sessions of an event loop do what can wait. */
    Executor unhurried(Executor loop) {
        return unhurried.computeIfAbsent(loop, Unhurried::new);
    }

    PartitionInDemand partition(int number) {
        return partitions.get(number);
    }

    void demand(PartitionInDemand partition, EventLog.Extent extent) {
        tail.demand(partition, extent);
    }

    /** Asks for a session's next chunk from the log itself. */
    void catchUp(CatchUpRequest request) {
        int partition = partitionOf(request.user());
        catchUpOf(partition).request(partition, request);
        if (!threads.isEmpty()) {
            threads.get(1 + partition % catchUps.size()).wake();
        }
    }

    /** Asks for the snapshot that a session begins with. */
    void lookBack(Start start, SnapshotRequest request) {
        LookBack.Range range = new LookBack.Range(
                start.extent().start(), start.cursor().position().offset());
        lookBack.request(start.partition(), range, new RunsBefore(start.cursor(), start.user(), request));
    }

    private void wakeLookBack() {
        if (!threads.isEmpty()) {
            threads.get(threads.size() - 1).wake();
        }
    }

    private CatchUpReader catchUpOf(int partition) {
        return catchUps.get(partition % catchUps.size());
    }

    private void logChanged(int partition) {
        catchUpOf(partition).logChanged(partition);
    }

    HubObserver observer() {
        return environment.observer();
    }

    /** A bug, or a broken collaborator: the session that hit it is ended, the others go on. */
    void failed(Throwable bug) {
        LOG.atError().setCause(bug).log("A session failed");
    }

    // ---- for whoever drives the hub without its threads

    void stepTail() {
        tail.step(Duration.ZERO);
    }

    void stepCatchUp() {
        catchUps.forEach(catchUp -> catchUp.step(Duration.ZERO));
    }

    void stepLookBack() {
        lookBack.step(Duration.ZERO);
    }

    @Override
    public void close() {
        threads.forEach(HubThread::close);
        if (threads.isEmpty()) {
            tail.close();
            catchUps.forEach(CatchUpReader::close);
            lookBack.close();
        }
        log.close();
    }
}
