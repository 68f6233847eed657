package dev.heddle.replay.inspect;

import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import dev.heddle.event.index.Block;
import dev.heddle.event.index.StandingBlocks;
import dev.heddle.event.index.UserHash;
import dev.heddle.replay.log.IndexReading;
import dev.heddle.replay.log.LogConsumer;
import dev.heddle.replay.log.OffsetRange;
import dev.heddle.replay.output.Progress;
import dev.heddle.topic.EventRecords;
import dev.heddle.topic.PartitionPass;
import dev.heddle.topic.UnreadableRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The counts of one partition. Filled in by one thread. */
public final class PartitionStatistics {
    /** The most undecodable records that are listed of a partition. */
    public static final int LISTED = 20;

    private static final int HEADER = 10;

    private final OffsetRange offsets;
    private final Set<Long> users = new HashSet<>();
    private final Map<String, Long> schemas = new TreeMap<>();
    private final List<String> undecodable = new ArrayList<>();
    private final List<UnreadableRange> unreadable = new ArrayList<>();
    private long undecodables;
    private long events;
    private long bytes;
    private long blocks;
    private long indexed;
    private IndexReading index = new IndexReading(0, 0, 0);

    private PartitionStatistics(OffsetRange offsets) {
        this.offsets = offsets;
    }

    /** The statistics of the index alone; no record of the log is read. */
    public static PartitionStatistics ofIndex(LogConsumer log, OffsetRange offsets) {
        PartitionStatistics statistics = new PartitionStatistics(offsets);
        StandingBlocks standing = new StandingBlocks();
        statistics.index = log.readIndex(offsets.partition(), standing::add);
        for (long start = Block.startOf(offsets.from());
                start + Block.OFFSETS <= offsets.to();
                start += Block.OFFSETS) {
            statistics.blocks++;
            statistics.indexed += standing.at(start) < 0 ? 0 : 1;
        }
        return statistics;
    }

    /** The statistics of all records of a range. */
    public static PartitionStatistics of(LogConsumer log, OffsetRange offsets, Progress progress) {
        PartitionStatistics statistics = ofIndex(log, offsets);
        log.scan(offsets, new PartitionPass.Visitor() {
            @Override
            public boolean visit(ConsumerRecord<byte[], byte[]> record) {
                progress.add(1);
                statistics.take(record);
                return true;
            }

            @Override
            public void unreadable(UnreadableRange range) {
                statistics.unreadable.add(range);
            }
        });
        return statistics;
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        events++;
        bytes += Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        schemas.merge(schema(record.value()), 1L, Long::sum);
        try {
            UserKey user = EventRecords.user(record);
            users.add(UserHash.of(user));
            EventRecords.item(user, record);
        } catch (InvalidEventException e) {
            undecodables++;
            if (undecodable.size() < LISTED) {
                undecodable.add(
                        "partition " + record.partition() + " offset " + record.offset() + ": " + e.getMessage());
            }
        }
    }

    /** The fingerprint of Avro's single-object encoding, in hexadecimal. */
    private static String schema(byte @Nullable [] value) {
        if (value == null || value.length < HEADER || value[0] != (byte) 0xc3 || value[1] != 1) {
            return "none";
        }
        return String.format(
                "%016x", ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getLong(2));
    }

    public OffsetRange offsets() {
        return offsets;
    }

    public long users() {
        return users.size();
    }

    public long events() {
        return events;
    }

    /** The bytes of keys and values. */
    public long bytes() {
        return bytes;
    }

    /** The number of records of each schema, by fingerprint. */
    public Map<String, Long> schemas() {
        return schemas;
    }

    public long undecodables() {
        return undecodables;
    }

    /** The first {@value #LISTED} undecodable records, a line each. */
    public List<String> undecodable() {
        return undecodable;
    }

    /** The ranges of retained offsets that cannot be read. */
    public List<UnreadableRange> unreadable() {
        return unreadable;
    }

    /** The number of complete blocks. */
    public long blocks() {
        return blocks;
    }

    /** The number of blocks with a valid index record. */
    public long indexed() {
        return indexed;
    }

    public IndexReading index() {
        return index;
    }
}
