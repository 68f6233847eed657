package dev.heddle.executor;

import dev.heddle.event.AgentCommand;
import dev.heddle.event.CommandCodec;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Partitioning;
import dev.heddle.event.UserKey;
import dev.heddle.topic.LogLimit;
import dev.heddle.trace.TraceParent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The decoder of commands, which enters each in its assignment's offset tracker. Belongs to the command loop. */
final class CommandDecoder {

    private static final Logger log = LoggerFactory.getLogger(CommandDecoder.class);

    private final LogLimit logged = LogLimit.ofReader();
    private final int partitions;
    private final ExecutorMetrics metrics;

    /** @param partitions the configured count, by which a command's partition is judged */
    CommandDecoder(int partitions, ExecutorMetrics metrics) {
        this.partitions = partitions;
        this.metrics = metrics;
    }

    /**
     * The commands of the records that can be decoded. Records of partitions without an assignment are left out: they
     * are read again from the assignment's start.
     */
    List<CommandRecord> decode(
            ConsumerRecords<byte[], byte[]> records, Map<TopicPartition, PartitionAssignment> assignments) {
        List<CommandRecord> decoded = new ArrayList<>(records.count());
        for (ConsumerRecord<byte[], byte[]> record : records) {
            PartitionAssignment assignment = assignments.get(new TopicPartition(record.topic(), record.partition()));
            if (assignment == null) {
                continue;
            }
            if (!assignment.hasEnded(record.offset())) {
                assignment.offsets().take(record.offset());
            }
            try {
                CommandRecord.Place place = new CommandRecord.Place(
                        record.offset(), Instant.ofEpochMilli(record.timestamp()), traceOf(record));
                decoded.add(new CommandRecord(assignment, place, StoredCommand.of(decode(record), record.value())));
            } catch (InvalidEventException e) {
                skip(assignment, record, e);
            }
        }
        return decoded;
    }

    private AgentCommand decode(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null || record.value() == null) {
            throw new InvalidEventException("a command has a key and a value");
        }
        UserKey user = UserKey.fromUtf8(record.key());
        if (Partitioning.partitionOf(user, partitions) != record.partition()) {
            throw new InvalidEventException("the command is not in its user's partition");
        }
        return CommandCodec.decode(user, record.value());
    }

    private static @Nullable String traceOf(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(TraceParent.HEADER);
        return header == null ? null : TraceParent.text(header.value());
    }

    /** Settles and counts a record that cannot be decoded, so that it does not hold up the others. */
    private void skip(
            PartitionAssignment assignment, ConsumerRecord<byte[], byte[]> record, InvalidEventException problem) {
        if (!assignment.hasEnded(record.offset())) {
            assignment.offsets().settle(record.offset());
            metrics.command(ExecutorMetrics.CommandResult.POISON);
            logged.permit().ifPresent(suppressed -> log.atWarn()
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("error", problem.getMessage())
                    .addKeyValue("suppressed", suppressed)
                    .log("A command was skipped"));
        }
    }
}
