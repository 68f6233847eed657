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

class TurnsTest {

    private final Claim claim = new Claim(0, 0, Duration.ofHours(1));
    private int made;

    private Job job(String user, String thread) {
        String id = "c" + made++;
        CommandHeader header = new CommandHeader(id, UserKey.of(user), thread, id, Instant.EPOCH);
        RunStart start = new RunStart(header, "echo", Json.object());
        CommandRecord.Place place = new CommandRecord.Place(made, Instant.EPOCH, null);
        return new Job(new CommandRecord(claim, place, StoredCommand.of(start, CommandCodec.encode(start))), null);
    }

    private Job added(Turns turns, String user, String thread) {
        Job job = job(user, thread);
        turns.add(job);
        return job;
    }

    private static Job next(Turns turns) {
        @Nullable Job next = turns.next();
        assertNotNull(next);
        return next;
    }

    @Test
    void aUserWithAThousandRunsHoldsUpNobody() {
        Turns turns = new Turns(4, 2);
        for (int i = 0; i < 1_000; i++) {
            added(turns, "greedy", "t" + i);
        }
        Job modest = added(turns, "modest", "t");
        List<String> users = new ArrayList<>();
        for (Job job = turns.next(); job != null; job = turns.next()) {
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
        Turns turns = new Turns(3, 32);
        for (int i = 0; i < 5; i++) {
            added(turns, "greedy", "t" + i);
        }
        next(turns);
        next(turns);
        assertNull(turns.next());
        Job modest = added(turns, "modest", "t");
        assertEquals(modest, next(turns));
    }

    @Test
    void whatIsCancelledWhileItsUserHasAllHisPlacesLeavesNothingBehind() {
        Turns turns = new Turns(3, 1);
        Job first = added(turns, "u", "first");
        next(turns);
        for (int i = 0; i < 100; i++) {
            Job job = added(turns, "u", "t" + i);
            job.drop();
            turns.remove(job, Turns.Began.NO);
            turns.remove(job, Turns.Began.NO);
        }
        assertEquals(0, turns.waiting());
        turns.remove(first, Turns.Began.YES);
        turns.free(first.user());
        assertNull(turns.next());
        assertEquals(0, turns.running());
    }

    @Test
    void usersTakeTurnsAtTheOnlyPlace() {
        Turns turns = new Turns(1, 1);
        for (String user : List.of("a", "a", "a", "b", "c")) {
            added(turns, user, "t" + made);
        }
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Job job = next(turns);
            assertNull(turns.next());
            order.add(job.user().value());
            turns.remove(job, Turns.Began.YES);
            turns.free(job.user());
        }
        assertEquals(List.of("a", "b", "c", "a", "a"), order);
        assertEquals(0, turns.running());
        assertEquals(0, turns.waiting());
    }

    @Test
    void inAThreadTheNextRunWaitsUntilTheOneBeforeIsOverEvenIfItWasDropped() {
        Turns turns = new Turns(10, 10);
        Job first = added(turns, "u", "t");
        Job second = added(turns, "u", "t");
        Job third = added(turns, "u", "t");
        assertEquals(first, next(turns));
        assertNull(turns.next());
        second.drop();
        turns.remove(second, Turns.Began.NO);
        assertNull(turns.next());
        turns.remove(first, Turns.Began.YES);
        assertEquals(third, next(turns));
        assertEquals(0, turns.waiting());
    }
}
