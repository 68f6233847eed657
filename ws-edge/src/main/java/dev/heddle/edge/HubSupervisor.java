package dev.heddle.edge;

import dev.heddle.edge.hub.EndReason;
import dev.heddle.edge.hub.Hub;
import dev.heddle.edge.index.IndexBuilder;
import dev.heddle.edge.index.IndexBuilderCounts;
import dev.heddle.edge.index.IndexReaderCounts;
import dev.heddle.edge.log.LogWatch;
import dev.heddle.edge.protocol.Upstream;
import dev.heddle.event.Generation;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The supervisor of an edge's hub. It replaces the hub when the log was re-created or re-partitioned, when a delivery
 * thread has died, or when the tail stands still; never for a fault of one partition, such as a damaged batch or a lag.
 * The old hub's sessions are ended with {@link EndReason#LOG_CHANGED}; their clients come back at once, and their
 * cursors decide how.
 *
 * <p>{@link #get()} is for any thread; the calls of {@link LogWatch} come on its own thread.
 */
final class HubSupervisor implements Supplier<Hub>, LogWatch.Listener, AutoCloseable {
    /** The time after which a tail step counts as stuck; it normally takes half a second at most. */
    private static final Duration STUCK = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger(HubSupervisor.class);

    private final Function<Generation, Running> start;
    private final Generation configured; // only its partition count
    private final Consumer<Upstream> listener;
    private volatile Running running;
    private final AtomicLong tailLag = new AtomicLong();
    private final AtomicInteger replacements = new AtomicInteger();
    private Generation seen;
    private volatile Upstream upstream = Upstream.OK;
    private volatile boolean asConfigured = true;

    /**
     * A running hub, and the parts that run beside it for the same log.
     *
     * @param readings counts of the index's use
     * @param builder the builder of the index
     */
    record Running(Hub hub, IndexReaderCounts readings, IndexBuilder builder) {
        void close() {
            builder.close();
            hub.close();
        }
    }

    /**
     * Starts a hub for the log as it was found.
     *
     * @param start makes and starts a hub
     * @param listener told each change of the state of Kafka, on the watch's thread
     */
    HubSupervisor(Generation found, Function<Generation, Running> start, Consumer<Upstream> listener) {
        this.start = start;
        this.configured = found;
        this.seen = found;
        this.listener = listener;
        this.running = start.apply(found);
    }

    @Override
    public Hub get() {
        return running.hub();
    }

    /**
     * True if the hub's threads run and are warm, and the log has as many partitions as this edge is configured for.
     */
    boolean isServing() {
        return asConfigured && running.hub().isAlive() && running.hub().isWarm();
    }

    /** The state of Kafka. */
    Upstream upstream() {
        return upstream;
    }

    /** The largest lag of the tail behind the end of a partition at the last look, in offsets. */
    long tailLag() {
        return tailLag.get();
    }

    /** The counts of the present hub's index reader. */
    IndexReaderCounts readings() {
        return running.readings();
    }

    /** The counts of the present index builder. */
    IndexBuilderCounts indexed() {
        return running.builder().counts();
    }

    /** The number of hubs that have been replaced. */
    int replacements() {
        return replacements.get();
    }

    @Override
    public void present(Generation now) {
        asConfigured = now.partitions() == configured.partitions();
        if (!now.equals(seen)) {
            replace(now, "the log was re-created or re-partitioned");
        } else if (!asConfigured) {
            return; // until somebody has changed the one or the other
        } else if (!running.hub().isAlive()) {
            replace(now, "a delivery thread has died");
        } else if (running.hub().sinceTailStep() > STUCK.toNanos()) {
            replace(now, "the tail stands still");
        }
        tell(Upstream.OK);
        running.hub().tailLag().whenComplete((lag, failure) -> {
            if (failure == null) {
                tailLag.set(lag);
            }
        });
    }

    private void replace(Generation now, String reason) {
        log.atWarn().addKeyValue("reason", reason).log("The hub is replaced");
        Running old = running;
        boolean replaceable = now.partitions() == configured.partitions();
        if (replaceable) {
            running = start.apply(now); // if this fails, the next look tries again
        }
        seen = now;
        tailLag.set(0);
        replacements.incrementAndGet();
        old.hub().endAll(EndReason.LOG_CHANGED);
        if (replaceable) {
            old.close();
        }
    }

    @Override
    public void gone() {
        tell(Upstream.DEGRADED);
    }

    @Override
    public void away() {
        tell(Upstream.DEGRADED);
    }

    private void tell(Upstream now) {
        if (now != upstream) {
            upstream = now;
            log.atInfo().addKeyValue("upstream", now).log("Kafka was looked at");
            listener.accept(now);
        }
    }

    @Override
    public void close() {
        running.close();
    }
}
