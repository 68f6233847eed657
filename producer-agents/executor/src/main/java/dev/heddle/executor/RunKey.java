package dev.heddle.executor;

import dev.heddle.event.CommandHeader;
import dev.heddle.event.UserKey;

/** The key of a run: its user and its run id, since clients choose run ids. */
record RunKey(UserKey user, String runId) {
    static RunKey of(CommandHeader command) {
        return new RunKey(command.user(), command.runId());
    }
}
