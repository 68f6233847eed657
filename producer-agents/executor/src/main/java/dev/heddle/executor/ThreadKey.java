package dev.heddle.executor;

import dev.heddle.event.CommandHeader;
import dev.heddle.event.UserKey;

/** The key of an AG-UI thread: its user and its thread id, since clients choose thread ids. */
record ThreadKey(UserKey user, String threadId) {
    static ThreadKey of(CommandHeader command) {
        return new ThreadKey(command.user(), command.threadId());
    }
}
