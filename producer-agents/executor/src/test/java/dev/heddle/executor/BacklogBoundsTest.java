package dev.heddle.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.heddle.config.Settings;
import dev.heddle.event.CommandCodec;
import dev.heddle.event.CommandHeader;
import dev.heddle.event.Json;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BacklogBoundsTest {

    private static final ExecutorConfig.Commands BOUNDS = ExecutorConfig.Commands.defaults();

    private final PartitionAssignment claim = new PartitionAssignment(0, 0, Duration.ofHours(1));
    private int made;

    private ScheduledRun job(String user, int bytes) {
        String id = "c" + made++;
        CommandHeader header = new CommandHeader(id, UserKey.of(user), "t", id, Instant.EPOCH);
        RunStart start = new RunStart(header, "echo", Json.object().put("x", "x".repeat(bytes)));
        StoredCommand stored = StoredCommand.of(start, CommandCodec.encode(start));
        return new ScheduledRun(
                new CommandRecord(claim, new CommandRecord.Place(made, Instant.EPOCH, null), stored), null);
    }

    /** Adds it and gives what is refused for it. */
    private static @Nullable ScheduledRun added(Backlog backlog, ScheduledRun job) {
        backlog.add(job);
        ScheduledRun surplus = backlog.surplus(job.user());
        if (surplus != null) {
            backlog.remove(surplus);
            assertNull(backlog.surplus(job.user()), "one is enough");
        }
        return surplus;
    }

    @Test
    void theNewestOfTheUserWithTheMostGivesWayToAnother() {
        Backlog backlog = new Backlog(Settings.with(BOUNDS, "maxOutstanding=3"));
        ScheduledRun first = job("greedy", 0);
        ScheduledRun second = job("greedy", 0);
        ScheduledRun third = job("greedy", 0);
        assertNull(added(backlog, first));
        assertNull(added(backlog, second));
        assertNull(added(backlog, third));
        ScheduledRun own = job("greedy", 0);
        assertEquals(own, added(backlog, own), "greedy's own");
        ScheduledRun modest = job("modest", 0);
        assertEquals(third, added(backlog, modest));
        assertEquals(3, backlog.size());
    }

    @Test
    void aUserHasABoundInNumberAndInBytesWhileThereIsRoom() {
        Backlog backlog = new Backlog(Settings.with(BOUNDS, "waitingPerUser=2", "waitingBytesPerUser=2MiB"));
        assertNull(added(backlog, job("many", 0)));
        assertNull(added(backlog, job("many", 0)));
        ScheduledRun third = job("many", 0);
        assertEquals(third, added(backlog, third));
        assertNull(added(backlog, job("large", 1 << 20)));
        ScheduledRun next = job("large", 1 << 20);
        assertEquals(next, added(backlog, next));
    }

    @Test
    void whatDoesNotWaitAnyMoreLeavesNothingBehind() {
        Backlog backlog = new Backlog(BOUNDS);
        List<ScheduledRun> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ScheduledRun job = job("user-" + i % 7, i);
            all.add(job);
            backlog.add(job);
        }
        all.forEach(backlog::remove);
        all.forEach(backlog::remove);
        assertEquals(0, backlog.size());
        assertEquals(0, backlog.bytes());
    }
}
