package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The search for the offset at which a user's last N events begin. */
final class LastEvents implements LookBackRequest {
    private final UserKey user;
    private final CompletableFuture<Long> begin = new CompletableFuture<>();
    private int missing;
    private long oldest = Long.MAX_VALUE;

    LastEvents(UserKey user, int count) {
        this.user = user;
        this.missing = count;
    }

    /** The offset, once it is found; of the oldest event that could be reached if there are fewer. */
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
            return true; // no event: does not count
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
