package dev.heddle.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

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

class FairSchedulerTest {

    private final PartitionAssignment claim = new PartitionAssignment(0, 0, Duration.ofHours(1));
    private int made;

    private ScheduledRun job(String user, String thread) {
        String id = "c" + made++;
        CommandHeader header = new CommandHeader(id, UserKey.of(user), thread, id, Instant.EPOCH);
        RunStart start = new RunStart(header, "echo", Json.object());
        CommandRecord.Place place = new CommandRecord.Place(made, Instant.EPOCH, null);
        return new ScheduledRun(new CommandRecord(claim, place, StoredCommand.of(start, CommandCodec.encode(start))), null);
    }

    private ScheduledRun added(FairScheduler turns, String user, String thread) {
        ScheduledRun job = job(user, thread);
        turns.add(job);
        return job;
    }

    private static ScheduledRun next(FairScheduler turns) {
        @Nullable ScheduledRun next = turns.next();
        assertNotNull(next);
        return next;
    }

    @Test
    void aUserWithAThousandRunsHoldsUpNobody() {
        FairScheduler turns = new FairScheduler(4, 2);
        for (int i = 0; i < 1_000; i++) {
            added(turns, "greedy", "t" + i);
        }
        ScheduledRun modest = added(turns, "modest", "t");
        List<String> users = new ArrayList<>();
        for (ScheduledRun job = turns.next(); job != null; job = turns.next()) {
            users.add(job.user().value());
        }
        assertEquals(List.of("greedy", "modest", "greedy"), users);
        assertEquals(3, turns.running());
        turns.free(modest.user());
        assertNull(turns.next(), "the greedy one has all the places of one user");
        turns.free(UserKey.of("greedy"));
        assertEquals("greedy", next(turns).user().value());
    }

    @Test
    void nobodyTakesTheLastOfSeveralPlaces() {
        FairScheduler turns = new FairScheduler(3, 32);
        for (int i = 0; i < 5; i++) {
            added(turns, "greedy", "t" + i);
        }
        next(turns);
        next(turns);
        assertNull(turns.next());
        ScheduledRun modest = added(turns, "modest", "t");
        assertEquals(modest, next(turns));
    }

    @Test
    void whatIsCancelledWhileItsUserHasAllHisPlacesLeavesNothingBehind() {
        FairScheduler turns = new FairScheduler(3, 1);
        ScheduledRun first = added(turns, "u", "first");
        next(turns);
        for (int i = 0; i < 100; i++) {
            ScheduledRun job = added(turns, "u", "t" + i);
            job.drop();
            turns.remove(job, FairScheduler.Began.NO);
            turns.remove(job, FairScheduler.Began.NO);
        }
        assertEquals(0, turns.waiting());
        turns.remove(first, FairScheduler.Began.YES);
        turns.free(first.user());
        assertNull(turns.next());
        assertEquals(0, turns.running());
    }

    @Test
    void usersTakeTurnsAtTheOnlyPlace() {
        FairScheduler turns = new FairScheduler(1, 1);
        for (String user : List.of("a", "a", "a", "b", "c")) {
            added(turns, user, "t" + made);
        }
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ScheduledRun job = next(turns);
            assertNull(turns.next());
            order.add(job.user().value());
            turns.remove(job, FairScheduler.Began.YES);
            turns.free(job.user());
        }
        assertEquals(List.of("a", "b", "c", "a", "a"), order);
        assertEquals(0, turns.running());
        assertEquals(0, turns.waiting());
    }

    @Test
    void inAThreadTheNextRunWaitsUntilTheOneBeforeIsOverEvenIfItWasDropped() {
        FairScheduler turns = new FairScheduler(10, 10);
        ScheduledRun first = added(turns, "u", "t");
        ScheduledRun second = added(turns, "u", "t");
        ScheduledRun third = added(turns, "u", "t");
        assertEquals(first, next(turns));
        assertNull(turns.next());
        second.drop();
        turns.remove(second, FairScheduler.Began.NO);
        assertNull(turns.next());
        turns.remove(first, FairScheduler.Began.YES);
        assertEquals(third, next(turns));
        assertEquals(0, turns.waiting());
    }
}
