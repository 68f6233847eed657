package dev.heddle.replay;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Takes the records of a scan one by one, in the order of their partition. */
interface RecordVisitor {
    /** Takes a record; false ends the scan. */
    boolean visit(ConsumerRecord<byte[], byte[]> record);

    /** Hears that everything appended from now on will be visited. */
    default void following() {}
}
