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
        return new ScheduledRun(
                new CommandRecord(claim, place, StoredCommand.of(start, CommandCodec.encode(start))), null);
    }

    private ScheduledRun added(FairScheduler scheduler, String user, String thread) {
        ScheduledRun job = job(user, thread);
        scheduler.add(job);
        return job;
    }

    private static ScheduledRun next(FairScheduler scheduler) {
        @Nullable ScheduledRun next = scheduler.next();
        assertNotNull(next);
        return next;
    }

    @Test
    void aUserWithAThousandRunsHoldsUpNobody() {
        FairScheduler scheduler = new FairScheduler(4, 2);
        for (int i = 0; i < 1_000; i++) {
            added(scheduler, "greedy", "t" + i);
        }
        ScheduledRun modest = added(scheduler, "modest", "t");
        List<String> users = new ArrayList<>();
        for (ScheduledRun job = scheduler.next(); job != null; job = scheduler.next()) {
            users.add(job.user().value());
        }
        assertEquals(List.of("greedy", "modest", "greedy"), users);
        assertEquals(3, scheduler.running());
        scheduler.free(modest.user());
        assertNull(scheduler.next(), "the greedy one has all the places of one user");
        scheduler.free(UserKey.of("greedy"));
        assertEquals("greedy", next(scheduler).user().value());
    }

    @Test
    void nobodyTakesTheLastOfSeveralPlaces() {
        FairScheduler scheduler = new FairScheduler(3, 32);
        for (int i = 0; i < 5; i++) {
            added(scheduler, "greedy", "t" + i);
        }
        next(scheduler);
        next(scheduler);
        assertNull(scheduler.next());
        ScheduledRun modest = added(scheduler, "modest", "t");
        assertEquals(modest, next(scheduler));
    }

    @Test
    void whatIsCancelledWhileItsUserHasAllHisPlacesLeavesNothingBehind() {
        FairScheduler scheduler = new FairScheduler(3, 1);
        ScheduledRun first = added(scheduler, "u", "first");
        next(scheduler);
        for (int i = 0; i < 100; i++) {
            ScheduledRun job = added(scheduler, "u", "t" + i);
            job.drop();
            scheduler.withdraw(job);
            scheduler.withdraw(job);
        }
        assertEquals(0, scheduler.waiting());
        scheduler.finished(first);
        scheduler.free(first.user());
        assertNull(scheduler.next());
        assertEquals(0, scheduler.running());
    }

    @Test
    void usersTakeTurnsAtTheOnlyPlace() {
        FairScheduler scheduler = new FairScheduler(1, 1);
        for (String user : List.of("a", "a", "a", "b", "c")) {
            added(scheduler, user, "t" + made);
        }
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ScheduledRun job = next(scheduler);
            assertNull(scheduler.next());
            order.add(job.user().value());
            scheduler.finished(job);
            scheduler.free(job.user());
        }
        assertEquals(List.of("a", "b", "c", "a", "a"), order);
        assertEquals(0, scheduler.running());
        assertEquals(0, scheduler.waiting());
    }

    @Test
    void inAThreadTheNextRunWaitsUntilTheOneBeforeIsOverEvenIfItWasDropped() {
        FairScheduler scheduler = new FairScheduler(10, 10);
        ScheduledRun first = added(scheduler, "u", "t");
        ScheduledRun second = added(scheduler, "u", "t");
        ScheduledRun third = added(scheduler, "u", "t");
        assertEquals(first, next(scheduler));
        assertNull(scheduler.next());
        second.drop();
        scheduler.withdraw(second);
        assertNull(scheduler.next());
        scheduler.finished(first);
        assertEquals(third, next(scheduler));
        assertEquals(0, scheduler.waiting());
    }
}
