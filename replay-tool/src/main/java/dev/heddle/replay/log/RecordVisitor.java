package dev.heddle.replay.log;

import dev.heddle.topic.UnreadableRange;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The recipient of a scan: it gets records one by one, in the order of their partition. */
public interface RecordVisitor {
    /** Takes a record; false ends the scan. */
    boolean visit(ConsumerRecord<byte[], byte[]> record);

    /** Takes an unreadable range; the scan goes on behind it. */
    default void unreadable(UnreadableRange range) {}

    /** Called when everything before this offset of the partition has been visited or skipped. */
    default void reached(long offset) {}

    /** Called when everything appended from now on will be visited. */
    default void following() {}
}
