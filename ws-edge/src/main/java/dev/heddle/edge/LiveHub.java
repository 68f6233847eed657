package dev.heddle.edge;

import dev.heddle.edge.hub.Ending;
import dev.heddle.edge.hub.Hub;
import dev.heddle.edge.log.IndexBuilder;
import dev.heddle.edge.log.IndexBuilderCounts;
import dev.heddle.edge.log.IndexReadings;
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
 * The hub that an edge uses now, and its replacement: when the log was re-created or re-partitioned, when a delivery
 * thread has died, or when the tail stands still. What concerns one partition only, such as a damaged batch or a lag,
 * never replaces it. The old hub's sessions are ended with {@link Ending#LOG_CHANGED}; their clients come back at once,
 * and their cursors decide how.
 *
 * <p>{@link #get()} from any thread; the watch's calls on the watch's.
 */
final class LiveHub implements Supplier<Hub>, LogWatch.Listener, AutoCloseable {
    /** A tail step takes half a second at most; one that takes this long will not end. */
    private static final Duration STUCK = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger(LiveHub.class);

    private final Function<Generation, Made> make;
    private final Generation configured; // as for its partitions
    private final Consumer<Upstream> told;
    private volatile Made made;
    private final AtomicLong tailLag = new AtomicLong();
    private final AtomicInteger renewals = new AtomicInteger();
    private Generation seen;
    private volatile Upstream upstream = Upstream.OK;
    private volatile boolean asConfigured = true;

    /**
     * A hub that runs, and what runs beside it for the same log.
     *
     * @param readings what is read of the index
     * @param builder of the index
     */
    record Made(Hub hub, IndexReadings readings, IndexBuilder builder) {
        void close() {
            builder.close();
            hub.close();
        }
    }

    /**
     * A hub for the log as it was found.
     *
     * @param make makes and starts one
     * @param told of each change of how Kafka is, on the watch's thread
     */
    LiveHub(Generation found, Function<Generation, Made> make, Consumer<Upstream> told) {
        this.make = make;
        this.configured = found;
        this.seen = found;
        this.told = told;
        this.made = make.apply(found);
    }

    @Override
    public Hub get() {
        return made.hub();
    }

    /**
     * Whether the hub can serve: its threads run and are warm, and the log has the partitions that this edge is
     * configured for.
     */
    boolean isServing() {
        return asConfigured && made.hub().isAlive() && made.hub().isWarm();
    }

    /** How Kafka is. */
    Upstream upstream() {
        return upstream;
    }

    /**
     * How many offsets the tail was behind the end of the log at the last look, in the partition where that was the
     * most.
     */
    long tailLag() {
        return tailLag.get();
    }

    /** What the hub of now has read of the index. */
    IndexReadings readings() {
        return made.readings();
    }

    /** What the index builder of now has done. */
    IndexBuilderCounts indexed() {
        return made.builder().counts();
    }

    /** How many hubs have been replaced. */
    int renewals() {
        return renewals.get();
    }

    @Override
    public void present(Generation now) {
        asConfigured = now.partitions() == configured.partitions();
        if (!now.equals(seen)) {
            renew(now, "the log was re-created or re-partitioned");
        } else if (!asConfigured) {
            return; // until somebody has changed the one or the other
        } else if (!made.hub().isAlive()) {
            renew(now, "a delivery thread has died");
        } else if (made.hub().sinceTailStep() > STUCK.toNanos()) {
            renew(now, "the tail stands still");
        }
        tell(Upstream.OK);
        made.hub().tailLag().whenComplete((lag, failure) -> {
            if (failure == null) {
                tailLag.set(lag);
            }
        });
    }

    private void renew(Generation now, String why) {
        log.atWarn().addKeyValue("why", why).log("delivery begins anew");
        Made old = made;
        boolean replaceable = now.partitions() == configured.partitions();
        if (replaceable) {
            made = make.apply(now); // if this fails, the next look tries again
        }
        seen = now;
        tailLag.set(0);
        renewals.incrementAndGet();
        old.hub().endAll(Ending.LOG_CHANGED);
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
            told.accept(now);
        }
    }

    @Override
    public void close() {
        made.close();
    }
}
