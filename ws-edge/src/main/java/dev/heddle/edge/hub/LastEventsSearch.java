package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The search for the offset at which a user's last N events begin. */
final class LastEventsSearch implements BackwardScanRequest {
    private final UserKey user;
    private final CompletableFuture<Long> begin = new CompletableFuture<>();
    private int missing;
    private long oldest = Long.MAX_VALUE;

    LastEventsSearch(UserKey user, int count) {
        this.user = user;
        this.missing = count;
    }

    /** Completes with the offset; with that of the oldest event found if there are fewer. */
    CompletionStage<Long> begin() {
        return begin;
    }

    @Override
    public UserKey user() {
        return user;
    }

    @Override
    public boolean take(LogRecord record) {
        if (record.itemIfValid() == null) {
            return true; // its value is no event: it does not count
        }
        oldest = record.offset();
        missing--;
        return missing > 0;
    }

    @Override
    public void done(long reached, boolean whole) {
        begin.complete(oldest == Long.MAX_VALUE ? reached : oldest);
    }

    @Override
    public void fail(Throwable why) {
        begin.completeExceptionally(why);
    }
}
