package dev.heddle.replay.transfer;

import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Sha256;
import dev.heddle.event.UserKey;
import dev.heddle.replay.log.LogConsumer;
import dev.heddle.replay.log.OffsetRange;
import dev.heddle.replay.log.PartitionSweep;
import dev.heddle.replay.output.Progress;
import dev.heddle.topic.EventRecords;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The digests of all users' records in their order: SHA-256 over the digest so far and the next value. Two logs with
 * equal digests hold the same events of every user in the same order. Some 200 bytes a user.
 */
final class UserDigests {
    private final Map<UserKey, Digest> byUser = new HashMap<>();

    /** The count and the digest of a user's records. */
    private static final class Digest {
        private byte[] sum = new byte[0];
        private long count;
    }

    /**
     * Reads the digests of these ranges, without unwanted records and those without a user key. A user's records are in
     * one partition.
     */
    static UserDigests of(
            LogConsumer log,
            List<OffsetRange> ranges,
            Predicate<ConsumerRecord<byte[], byte[]>> wanted,
            Progress progress) {
        UserDigests all = new UserDigests();
        for (UserDigests part : PartitionSweep.of(log).each(ranges, (reader, offsets) -> {
            UserDigests here = new UserDigests();
            MessageDigest sha = Sha256.digest();
            reader.scan(offsets, record -> {
                progress.add(1);
                if (wanted.test(record)) {
                    here.take(record, sha);
                }
                return true;
            });
            return here;
        })) {
            all.byUser.putAll(part.byUser);
        }
        return all;
    }

    private void take(ConsumerRecord<byte[], byte[]> record, MessageDigest sha) {
        try {
            Digest digest = byUser.computeIfAbsent(EventRecords.user(record), user -> new Digest());
            sha.update(digest.sum);
            if (record.value() != null) {
                sha.update(record.value());
            }
            digest.sum = sha.digest();
            digest.count++;
        } catch (InvalidEventException e) {
            return; // nobody's
        }
    }

    long users() {
        return byUser.size();
    }

    /** The users whose records differ, a line each, at most {@code atMost}. */
    List<String> differences(UserDigests copy, int atMost) {
        List<String> lines = new ArrayList<>();
        byUser.forEach((user, digest) -> {
            Digest other = copy.byUser.get(user);
            if (lines.size() < atMost && (other == null || !Arrays.equals(digest.sum, other.sum))) {
                lines.add("user " + user.value() + ": " + digest.count + " records in the log, "
                        + (other == null ? 0 : other.count) + " in the copy, not the same");
            }
        });
        copy.byUser.forEach((user, digest) -> {
            if (lines.size() < atMost && !byUser.containsKey(user)) {
                lines.add("user " + user.value() + " is only in the copy");
            }
        });
        return lines;
    }
}
