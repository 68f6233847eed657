package dev.heddle.executor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The futures that wait for runs to end. Belongs to the dispatch thread. */
final class RunCompletions {

    private final List<Wait> waits = new ArrayList<>();

    private record Wait(Set<ScheduledRun> open, CompletableFuture<Void> done) {
        private boolean ended(ScheduledRun scheduled) {
            open.remove(scheduled);
            return open.isEmpty() && done.complete(null);
        }
    }

    /** A future that completes when all of these runs have ended. */
    CompletionStage<Void> whenEnded(Set<ScheduledRun> open) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (open.isEmpty()) {
            done.complete(null);
        } else {
            waits.add(new Wait(new HashSet<>(open), done));
        }
        return done;
    }

    void ended(ScheduledRun scheduled) {
        waits.removeIf(wait -> wait.ended(scheduled));
    }
}
