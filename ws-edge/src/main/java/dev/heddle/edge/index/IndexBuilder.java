package dev.heddle.edge.index;

import dev.heddle.concurrent.DaemonThreads;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.topic.EventLogTopics;
import dev.heddle.topic.LogLimit;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The builder of the index: it reads the log as a member of the group {@value IndexBuildTask#GROUP} and appends a
 * record for each block that is complete. Every edge runs one; Kafka shares the partitions out among them, and gives
 * those of an edge that dies to the others.
 *
 * <p>It runs on a thread of its own. No failure ends it: it then makes its Kafka clients anew and goes on from the last
 * block that was acknowledged. A block may thus be indexed twice, but none is left out.
 */
public final class IndexBuilder implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(IndexBuilder.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final LogLimit logged = LogLimit.ofReader();
    private final KafkaClientSettings kafka;
    private final EventLogTopics topic;
    private final IndexBuilderCounts counts = new IndexBuilderCounts();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable IndexBuildTask task;

    private IndexBuilder(KafkaClientSettings kafka, EventLogTopics topic) {
        this.kafka = kafka;
        this.topic = topic;
        this.thread = DaemonThreads.newThread("index-builder", this::run);
    }

    /** A builder at work on this log. */
    public static IndexBuilder start(KafkaClientSettings kafka, EventLogTopics topic) {
        IndexBuilder builder = new IndexBuilder(kafka, topic);
        builder.thread.start();
        return builder;
    }

    /** The counters of its work so far. */
    public IndexBuilderCounts counts() {
        return counts;
    }

    private void run() {
        while (!isClosing()) {
            try (IndexBuildTask begun = new IndexBuildTask(kafka, topic, counts)) {
                task = begun;
                while (!isClosing()) {
                    begun.step();
                }
            } catch (WakeupException | InterruptException e) {
                // Only close() does either.
                log.atDebug().log("The index builder was woken to end");
            } catch (RuntimeException | Error e) {
                failed(e);
            }
        }
    }

    private void failed(Throwable e) {
        if (isClosing()) {
            return;
        }
        counts.failed();
        logged.permit().ifPresent(suppressed -> log.atWarn()
                .addKeyValue("suppressed", suppressed)
                .setCause(e)
                .log("The index builder failed and begins again at the last block that is indexed"));
        try {
            boolean unused = closing.await(AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    /** Ends the builder, within 2 s, or 4 s if Kafka is away. Another builder begins its unfinished block again. */
    @Override
    public void close() {
        closing.countDown();
        IndexBuildTask begun = task;
        if (begun != null) {
            begun.wakeup();
        }
        try {
            thread.join(CLOSE.toMillis());
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join(CLOSE.toMillis());
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
