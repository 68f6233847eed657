package dev.heddle.agents.runtime;

import dev.heddle.event.AgentCommand;
import dev.heddle.event.RunCancel;
import dev.heddle.event.UserKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The commands of one partition within the deduplication window: a projection of {@code agent-commands}, read back
 * when the partition is assigned, so that no executor has to be told what another one saw. Bounded in time and in
 * number. Not thread-safe.
 */
final class SeenCommands {

    /** At about 200 bytes each; the oldest go first. */
    private static final int MOST = 100_000;

    enum Sighting {
        NEW,
        SAME_COMMAND,
        SAME_RUN
    }

    private enum Kind {
        COMMAND,
        RUN
    }

    private record Key(UserKey user, Kind kind, String id) {}

    private final Duration window;
    private final Map<Key, Instant> seen = new LinkedHashMap<>();

    SeenCommands(Duration window) {
        this.window = window;
    }

    /** Remembers the command, and says whether it, or its run, was there before. */
    Sighting remember(AgentCommand command, Instant at) {
        forgetBefore(at.minus(window));
        UserKey user = command.header().user();
        if (seen.putIfAbsent(new Key(user, Kind.COMMAND, command.header().id()), at) != null) {
            return Sighting.SAME_COMMAND;
        }
        if (!(command instanceof RunCancel)
                && seen.putIfAbsent(new Key(user, Kind.RUN, command.header().runId()), at) != null) {
            return Sighting.SAME_RUN;
        }
        return Sighting.NEW;
    }

    private void forgetBefore(Instant oldest) {
        Iterator<Instant> times = seen.values().iterator();
        while (times.hasNext() && (times.next().isBefore(oldest) || seen.size() > MOST)) {
            times.remove();
        }
    }
}
