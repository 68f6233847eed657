package dev.heddle.executor;

import dev.heddle.event.AgentCommand;
import dev.heddle.event.CommandCodec;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.RunCancel;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import dev.heddle.topic.PartitionReader;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The cancels in a command partition after the settled commands. A run that its process left behind ends as cancelled
 * if one of them is for it, even before the loop has read that cancel.
 *
 * @param end the end of the partition when it was looked at
 */
record PendingCancels(Set<RunKey> cancelled, long end) {

    /** @throws org.apache.kafka.common.KafkaException if Kafka cannot be read */
    static PendingCancels read(HistoryReaders readers, int partition, long from) {
        Set<RunKey> cancelled = new HashSet<>();
        try (PartitionReader reader = readers.open(Topics.AGENT_COMMANDS, partition)) {
            long end = reader.end();
            reader.read(from, end, record -> note(record, cancelled));
            return new PendingCancels(cancelled, end);
        }
    }

    private static void note(ConsumerRecord<byte[], byte[]> record, Set<RunKey> cancelled) {
        if (record.key() == null || record.value() == null) {
            return;
        }
        try {
            AgentCommand command = CommandCodec.decode(UserKey.fromUtf8(record.key()), record.value());
            if (command instanceof RunCancel) {
                cancelled.add(RunKey.of(command.header()));
            }
        } catch (InvalidEventException e) {
            return; // the command loop counts and reports it
        }
    }
}
