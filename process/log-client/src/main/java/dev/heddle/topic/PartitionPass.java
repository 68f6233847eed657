package dev.heddle.topic;

import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * A pass over the records of one partition, from one offset to before another. It ends by the consumer's position,
 * because the last offsets before the end may be transaction markers, gaps, or expired. Unreadable batches are skipped.
 * For the thread of the poller, whose consumer has the partition assigned.
 */
public final class PartitionPass {
    private static final Duration POLL = Duration.ofMillis(200);

    private final SkippingPoller<byte[], byte[]> poller;
    private final TopicPartition partition;
    private final Duration patience;

    /** The recipient of a pass. */
    @FunctionalInterface
    public interface Visitor {
        /** Takes the next record; false ends the pass. */
        boolean visit(ConsumerRecord<byte[], byte[]> record);

        /** Takes an unreadable range; the pass goes on behind it. */
        default void unreadable(UnreadableRange range) {}

        /**
         * Takes the offset up to which everything was visited or skipped.
         *
         * @return the offset at which the pass goes on: this one, or one behind it
         */
        default long reached(long offset) {
            return offset;
        }
    }

    /**
     * Creates a pass, which may be read any number of times.
     *
     * @param patience the longest silence of Kafka before the end is reached
     */
    public PartitionPass(SkippingPoller<byte[], byte[]> poller, TopicPartition partition, Duration patience) {
        this.poller = poller;
        this.partition = partition;
        this.patience = patience;
    }

    /**
     * Reads the records in order.
     *
     * @param from the first offset
     * @param to the end, which the partition has reached already; nothing is read if it is not behind {@code from}
     * @return false if the visitor has ended the pass
     * @throws TimeoutException if Kafka is silent for too long
     * @throws org.apache.kafka.common.KafkaException if Kafka cannot be read
     */
    public boolean read(long from, long to, Visitor visitor) {
        if (from < to) {
            seek(from, to);
        }
        long position = from;
        long heard = System.nanoTime();
        while (position < to) {
            SkippingPoller.Polled<byte[], byte[]> polled = poller.poll(POLL);
            polled.skipped().forEach(visitor::unreadable);
            for (ConsumerRecord<byte[], byte[]> record : polled.records().records(partition)) {
                if (record.offset() < to && !visitor.visit(record)) {
                    return false;
                }
            }
            long next = poller.position(partition);
            if (next > position) {
                heard = System.nanoTime();
                position = visitor.reached(Math.min(next, to));
                if (position > next) {
                    seek(position, to);
                }
            } else if (System.nanoTime() - heard > patience.toNanos()) {
                throw new TimeoutException(
                        "Kafka gives nothing of " + partition + " any more since " + patience.toSeconds() + " s");
            }
        }
        return true;
    }

    private void seek(long from, long to) {
        poller.seek(partition, from);
        poller.expect(partition, to);
    }
}
