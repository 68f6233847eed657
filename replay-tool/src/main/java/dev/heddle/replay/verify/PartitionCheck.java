package dev.heddle.replay.verify;

import dev.heddle.event.EventCodec;
import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Partitioning;
import dev.heddle.event.RunGrammar;
import dev.heddle.event.UserKey;
import dev.heddle.event.index.Block;
import dev.heddle.event.index.BlockFilter;
import dev.heddle.event.index.UserHash;
import dev.heddle.replay.log.OffsetRange;
import dev.heddle.topic.EventRecords;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The check of one partition's records, in order. For one thread.
 *
 * <p>A run that begins before the range is checked from its first event in the range on, by its numbers only, and
 * counted. A run counts as such only if its first event comes soon after the beginning of the range.
 */
final class PartitionCheck {
    private final OffsetRange offsets;
    private final int partitions;
    private final PartitionIndex index;
    private final long longestSilence;
    private final Findings findings;
    private final Map<UserKey, Map<String, RunCheck>> runs = new HashMap<>();
    private final long[] hash = new long[1];
    private byte[] lastKey = new byte[0];
    private @Nullable UserKey lastUser;
    private @Nullable BlockFilter filter;
    private long filterEnd;
    private long records;
    private long beginning = Long.MAX_VALUE;
    private long unjudgedBeginnings;
    private long checkedByIndex;

    /**
     * @param index the index of this partition
     * @param longestSilence the longest silence of a run, in milliseconds
     */
    PartitionCheck(OffsetRange offsets, int partitions, PartitionIndex index, long longestSilence, Findings findings) {
        this.offsets = offsets;
        this.partitions = partitions;
        this.index = index;
        this.longestSilence = longestSilence;
        this.findings = findings;
    }

    /** Notes the time at which the partition's next record, of any user, was appended, in ms since the epoch. */
    void begins(long appended) {
        beginning = Math.min(beginning, appended);
    }

    /** Takes the partition's next record. */
    void take(ConsumerRecord<byte[], byte[]> record) {
        records++;
        UserKey user;
        try {
            user = user(record);
        } catch (InvalidEventException e) {
            found(Fault.UNDECODABLE, record, null, e.getMessage());
            return;
        }
        checkIndex(record, user);
        boolean placed = isPlaced(record, user);
        EventItem item;
        try {
            item = EventRecords.item(user, record);
        } catch (InvalidEventException e) {
            found(fault(record), record, user, e.getMessage());
            return;
        }
        if (placed) { // elsewhere it says nothing of its run but that it is missing where it should be
            checkRun(record, user, item);
        }
    }

    /**
     * The user of a record. It is the same object while the key stays the same, because a run's records come in
     * bunches.
     */
    private UserKey user(ConsumerRecord<byte[], byte[]> record) {
        UserKey user = lastUser;
        if (user == null || !Arrays.equals(lastKey, record.key())) {
            user = EventRecords.user(record);
            lastUser = user;
            lastKey = record.key();
            hash[0] = UserHash.of(user);
        }
        return user;
    }

    private void checkIndex(ConsumerRecord<byte[], byte[]> record, UserKey user) {
        if (record.offset() >= filterEnd) {
            long start = Block.startOf(record.offset());
            filter = index.at(start);
            filterEnd = start + Block.OFFSETS;
        }
        if (filter != null) {
            checkedByIndex++;
            if (filter.next(hash, record.offset()) > record.offset()) {
                found(
                        Fault.HIDDEN,
                        record,
                        user,
                        "the index record of block " + filter.block().start() + " denies this user");
            }
        }
    }

    private boolean isPlaced(ConsumerRecord<byte[], byte[]> record, UserKey user) {
        int wanted = Partitioning.partitionOf(user, partitions);
        if (wanted == record.partition()) {
            return true;
        }
        found(Fault.MISPLACED, record, user, "the key belongs into partition " + wanted);
        return false;
    }

    /** The fault of an undecodable record: a foreign key if it can be decoded for the user in its envelope. */
    private static Fault fault(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value() == null ? new byte[0] : record.value();
        try {
            EventItem.of(EventCodec.userOf(value), value);
            return Fault.FOREIGN_KEY;
        } catch (InvalidEventException e) {
            return Fault.UNDECODABLE;
        }
    }

    private void checkRun(ConsumerRecord<byte[], byte[]> record, UserKey user, EventItem item) {
        String runId = item.runId();
        if (runId == null) {
            return;
        }
        Map<String, RunCheck> ofUser = runs.computeIfAbsent(user, key -> new HashMap<>());
        RunCheck run = ofUser.get(runId);
        if (run == null) {
            run = begin(item, record.timestamp());
            ofUser.put(runId, run);
        }
        RunCheck.Problem problem = run.take(item, record.offset(), record.timestamp());
        if (problem != null) {
            found(problem.fault(), record, user, "run " + runId + ": " + problem.what());
        }
    }

    private RunCheck begin(EventItem item, long appended) {
        boolean beganBefore = offsets.from() > 0 && item.runSeq() > 0 && appended - beginning <= longestSilence;
        if (beganBefore) {
            unjudgedBeginnings++;
        }
        return beganBefore ? new RunCheck(item.runSeq(), null) : new RunCheck(0, new RunGrammar());
    }

    private void found(
            Fault fault, ConsumerRecord<byte[], byte[]> record, @Nullable UserKey user, @Nullable String what) {
        findings.add(new Finding(
                fault, record.partition(), record.offset(), user == null ? null : user.value(), String.valueOf(what)));
    }

    /**
     * Ends the check and returns its counts.
     *
     * @param silentSince a run without an end is a finding if nothing came since this instant, in milliseconds since
     *     the epoch
     */
    PartitionCounts finish(long silentSince) {
        long all = 0;
        long open = 0;
        for (Map.Entry<UserKey, Map<String, RunCheck>> ofUser : runs.entrySet()) {
            String user = ofUser.getKey().value();
            for (Map.Entry<String, RunCheck> run : ofUser.getValue().entrySet()) {
                all++;
                RunCheck state = run.getValue();
                String what = "run " + run.getKey();
                state.gaps().forEach(gap -> found(Fault.MISSING, gap.offset(), user, what + ": " + gap.text()));
                if (!state.hasEnded()) {
                    open++;
                    if (state.lastAppended() < silentSince) {
                        found(Fault.UNENDED, state.lastOffset(), user, what + " has no end after #" + state.lastSeq());
                    }
                }
            }
        }
        return new PartitionCounts(records, runs.size(), all, open, unjudgedBeginnings, checkedByIndex);
    }

    private void found(Fault fault, long offset, String user, String what) {
        findings.add(new Finding(fault, offsets.partition(), offset, user, what));
    }
}
