package dev.heddle.ingest;

import dev.heddle.event.UserKey;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive events of one run that one sender sent in one request; each by itself is valid.
 *
 * @param items at least one; their numbers follow each other
 */
record Batch(Address address, int attempt, List<Item> items) {

    /** The run of a batch: its user, thread, id and agent. */
    record Address(
            UserKey user,
            String threadId,
            String runId,
            @Nullable String agentId) {
        RunKey run() {
            return new RunKey(user, runId);
        }
    }

    /** The key of a run: its user and its run id, since senders choose run ids. */
    record RunKey(UserKey user, String runId) {
        /** A 64-bit digest of the key; two runs have the same one only by chance. */
        long digest() {
            return EventDigest.joined(EventDigest.of(user.value()), EventDigest.of(runId));
        }
    }

    /**
     * The sender's part of one event, by which the event is recognised when it is sent again.
     *
     * @param content the digest of the event without its timestamp, and of the attempt
     * @param eventId the sender's, or null if it gave none
     * @param timestamp the sender's, or null if it gave none
     */
    record Identity(
            long content,
            @Nullable String eventId,
            @Nullable Long timestamp) {

        static Identity of(int attempt, long event, @Nullable String eventId, @Nullable Long timestamp) {
            return new Identity(content(attempt, event), eventId, timestamp);
        }

        /** The digest by which an event of this attempt is compared. */
        static long content(int attempt, long event) {
            return EventDigest.joined(attempt, event);
        }

        /** True if the two events differ: in content, or in the first of event id and timestamp that both have. */
        boolean isOther(Identity that) {
            if (content != that.content) {
                return true;
            }
            if (eventId != null && that.eventId != null) {
                return !eventId.equals(that.eventId);
            }
            return timestamp != null && that.timestamp != null && !timestamp.equals(that.timestamp);
        }
    }

    /**
     * The number, id and timestamp of an event in the log.
     *
     * @param eventId the sender's, or one that follows from the event and its place
     * @param timestamp the sender's, or the time of the batch's arrival
     */
    record Label(long runSeq, String eventId, long timestamp) {}

    /** One event, encoded. */
    static final class Item {
        private final Label label;
        private final Identity identity;
        private final byte[] value;

        /** @param value the record's value; taken over, not copied */
        Item(Label label, Identity identity, byte[] value) {
            this.label = label;
            this.identity = identity;
            this.value = value;
        }

        long runSeq() {
            return label.runSeq();
        }

        Label label() {
            return label;
        }

        Identity identity() {
            return identity;
        }

        byte[] value() {
            return value;
        }
    }

    long first() {
        return items.get(0).runSeq();
    }

    long last() {
        return items.get(items.size() - 1).runSeq();
    }

    /** The stored bytes of all events. */
    long bytes() {
        long bytes = 0;
        for (Item item : items) {
            bytes += item.value().length;
        }
        return bytes;
    }

    /** True if both batches have an event with the same number. */
    boolean overlaps(Batch that) {
        return first() <= that.last() && that.first() <= last();
    }

    /** True if two batches of one run have different events under the same number. */
    boolean contradicts(Batch that) {
        if (attempt != that.attempt || !address.threadId().equals(that.address.threadId())) {
            return true;
        }
        for (long seq = Math.max(first(), that.first()); seq <= Math.min(last(), that.last()); seq++) {
            if (at(seq).identity().isOther(that.at(seq).identity())) {
                return true;
            }
        }
        return false;
    }

    /** True if two batches have the same events under the same numbers. */
    boolean isSame(Batch that) {
        if (first() != that.first() || last() != that.last() || contradicts(that)) {
            return false;
        }
        for (int i = 0; i < items.size(); i++) {
            Identity mine = items.get(i).identity();
            Identity theirs = that.items.get(i).identity();
            if (!Objects.equals(mine.eventId(), theirs.eventId())
                    || !Objects.equals(mine.timestamp(), theirs.timestamp())) {
                return false;
            }
        }
        return true;
    }

    private Item at(long seq) {
        return items.get((int) (seq - first()));
    }
}
