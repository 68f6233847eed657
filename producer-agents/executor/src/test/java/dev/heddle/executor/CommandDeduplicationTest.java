package dev.heddle.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.event.AgentCommand;
import dev.heddle.event.CommandCodec;
import dev.heddle.event.CommandHeader;
import dev.heddle.event.Json;
import dev.heddle.event.RunCancel;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import dev.heddle.executor.CommandDeduplication.Match;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CommandDeduplicationTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final CommandDeduplication seen = new CommandDeduplication(Duration.ofHours(24));

    private static StoredCommand start(String user, String id, String run) {
        return stored(new RunStart(new CommandHeader(id, UserKey.of(user), "t", run, NOW), "echo", Json.object()));
    }

    private static StoredCommand stored(AgentCommand command) {
        return StoredCommand.of(command, CommandCodec.encode(command));
    }

    @Test
    void tellsARepeatedCommandFromARepeatedRun() {
        assertEquals(Match.NEW, seen.remember(start("alice", "c1", "r1"), NOW));
        assertEquals(Match.SAME_COMMAND, seen.remember(start("alice", "c1", "r1"), NOW));
        assertEquals(Match.SAME_RUN, seen.remember(start("alice", "c2", "r1"), NOW));
    }

    @Test
    void anotherUsersSameIdsAreNotTheSame() {
        seen.remember(start("alice", "c1", "r1"), NOW);
        assertEquals(Match.NEW, seen.remember(start("bob", "c1", "r1"), NOW));
    }

    @Test
    void aCancelNamesARunWithoutBeingIt() {
        seen.remember(start("alice", "c1", "r1"), NOW);
        StoredCommand cancel = stored(new RunCancel(new CommandHeader("c2", UserKey.of("alice"), "t", "r1", NOW)));
        assertEquals(Match.NEW, seen.remember(cancel, NOW));
    }

    @Test
    void aFloodOfOneUserMakesNoIdOfAnotherBeForgotten() {
        seen.remember(start("alice", "c1", "r1"), NOW);
        for (int i = 0; i < 60_000; i++) {
            seen.remember(start("greedy", "c" + i, "r" + i), NOW);
        }
        assertEquals(Match.SAME_COMMAND, seen.remember(start("alice", "c1", "r1"), NOW));
        assertEquals(Match.SAME_COMMAND, seen.remember(start("greedy", "c59999", "r59999"), NOW));
        assertEquals(Match.NEW, seen.remember(start("greedy", "c0", "r0"), NOW));
    }

    @Test
    void ofManyUsersTheOldestAreForgotten() {
        for (int i = 0; i < 51_000; i++) {
            seen.remember(start("user-" + i, "c", "r"), NOW);
        }
        assertEquals(Match.NEW, seen.remember(start("user-0", "c", "r"), NOW));
        assertEquals(Match.SAME_COMMAND, seen.remember(start("user-50999", "c", "r"), NOW));
    }

    @Test
    void forgetsWhatIsOlderThanTheWindow() {
        seen.remember(start("alice", "c1", "r1"), NOW);
        Instant later = NOW.plus(Duration.ofHours(24)).plusMillis(1);
        assertEquals(Match.NEW, seen.remember(start("alice", "c1", "r1"), later));
    }
}
