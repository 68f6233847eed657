package dev.heddle.edge.rehearsal;

import dev.heddle.concurrent.DaemonThreads;
import dev.heddle.edge.hub.EventLog;
import dev.heddle.edge.hub.LogReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that reads the newest records of the log over and over again, a few from some partitions at a time, as a
 * tail gets them. It makes the JVM compile Kafka's consumer, which is most of the code compiled in an edge's first
 * seconds and which a log in memory lacks. It delivers nothing.
 */
public final class PolledTail {
    private static final Logger log = LoggerFactory.getLogger(PolledTail.class);

    /** The most newest records that a round reads of a partition. */
    private static final int RECORDS = 4;

    /** The number of partitions that a round reads; rounds take the partitions in turn. */
    private static final int PARTITIONS = 8;

    private static final Duration WAIT = Duration.ofMillis(50);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final EventLog events;
    private final Thread thread = DaemonThreads.newThread("rehearsal-tail", this::run);
    private volatile boolean ended;

    private PolledTail(EventLog events) {
        this.events = events;
    }

    /** Reads while something else is done; returns when that has ended and nothing is read any more. */
    public static void during(EventLog events, Runnable body) {
        PolledTail tail = new PolledTail(events);
        tail.thread.start();
        try {
            body.run();
        } finally {
            tail.end();
        }
    }

    private void run() {
        try (LogReader reader = events.openReader(LogReader.Use.CATCH_UP)) {
            List<End> ends = ends();
            for (int next = 0; !ended && !ends.isEmpty(); next = (next + PARTITIONS) % ends.size()) {
                for (int i = 0; i < Math.min(PARTITIONS, ends.size()); i++) {
                    ends.get((next + i) % ends.size()).seek(reader);
                }
                reader.poll(WAIT, LogReader.Wanted.ALL).partitions().forEach(fetched -> follow(ends, fetched));
            }
        } catch (RuntimeException e) {
            log.atWarn()
                    .setCause(e)
                    .log("The log could not be read before the start; the first clients will find it slow");
        }
    }

    /** The places to read from, of the partitions that hold a record. */
    private List<End> ends() {
        List<CompletableFuture<EventLog.Extent>> extents = IntStream.range(
                        0, events.generation().partitions())
                .mapToObj(partition -> events.extent(partition)
                        .exceptionally(away -> new EventLog.Extent(0, 0, -1)) // one without a leader hinders no other
                        .toCompletableFuture())
                .toList();
        List<End> ends = new ArrayList<>();
        for (int partition = 0; partition < extents.size(); partition++) {
            EventLog.Extent extent = extents.get(partition).join();
            if (extent.end() > extent.start()) {
                ends.add(new End(partition, Math.max(extent.start(), extent.end() - RECORDS)));
            }
        }
        return ends;
    }

    /** Moves a partition's place on as the log grows, so that only the newest records are read again. */
    private static void follow(List<End> ends, LogReader.PartitionFetch fetched) {
        long newest = fetched.next().offset() - RECORDS;
        ends.replaceAll(end -> end.partition() == fetched.partition() && end.offset() < newest
                ? new End(end.partition(), newest)
                : end);
    }

    /** The offset of the first of the newest records of a partition. */
    private record End(int partition, long offset) {
        void seek(LogReader reader) {
            reader.seek(partition, offset);
        }
    }

    private void end() {
        ended = true;
        try {
            thread.join(CLOSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
