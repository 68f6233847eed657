package dev.heddle.ingest;

import dev.heddle.event.UserKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive events of one run, as one sender sent them at once; each by itself is allowed.
 *
 * @param items at least one; their numbers follow each other
 */
record Batch(Address address, int attempt, List<Item> items) {

    /** Whose run it is. */
    record Address(
            UserKey user,
            String threadId,
            String runId,
            @Nullable String agentId) {
        RunKey run() {
            return new RunKey(user, runId);
        }
    }

    /** A run as it is looked up: by user and run id, since senders choose run ids. */
    record RunKey(UserKey user, String runId) {}

    /** One event, encoded. */
    static final class Item {
        private final long runSeq;
        private final String eventId;
        private final byte[] value;

        /**
         * @param eventId the sender's, or one that follows from the event and its place
         * @param value the record's value; taken over, not copied
         */
        Item(long runSeq, String eventId, byte[] value) {
            this.runSeq = runSeq;
            this.eventId = eventId;
            this.value = value;
        }

        long runSeq() {
            return runSeq;
        }

        String eventId() {
            return eventId;
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
}
