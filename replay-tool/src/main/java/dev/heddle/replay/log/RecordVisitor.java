package dev.heddle.replay.log;

import dev.heddle.topic.UnreadableRange;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The recipient of a scan: it gets records one by one, in the order of their partition. */
public interface RecordVisitor {
    /** Takes a record; false ends the scan. */
    boolean visit(ConsumerRecord<byte[], byte[]> record);

    /** Hears of offsets that are kept and cannot be read; the scan goes on behind them. */
    default void unreadable(UnreadableRange range) {}

    /** Hears that everything before this offset of the partition has been visited or skipped. */
    default void reached(long offset) {}

    /** Hears that everything appended from now on will be visited. */
    default void following() {}
}
