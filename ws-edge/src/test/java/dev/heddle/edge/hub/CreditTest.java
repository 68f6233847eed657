package dev.heddle.edge.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CreditTest {
    private static final int KIB = 1024;

    /** 256 KiB for amounts of up to 8 KiB, 768 KiB for larger ones; 96 KiB of these for one user. */
    private final Credit credit = credit();

    private final Credit.Account alice = new Credit.Account();
    private final Credit.Account bob = new Credit.Account();
    private final List<String> granted = new ArrayList<>();

    private static Credit credit() {
        return new Credit(new HubConfig(KIB, 1024 * KIB, KIB, 4 * KIB, 0, 1, 2, Duration.ZERO, 1));
    }

    private static Credit.Account someone() {
        return new Credit.Account();
    }

    private CreditRequest await(Credit.Account user, long bytes, String name) {
        return credit.await(user, bytes, Runnable::run, () -> granted.add(name));
    }

    @Test
    void whatIsTakenIsCountedAndComesBack() {
        assertTrue(credit.resize(alice, 0, 5 * KIB));
        assertTrue(credit.resize(alice, 5 * KIB, 500 * KIB), "from the smaller part to the larger one");
        assertEquals(500 * KIB, credit.used());
        assertTrue(credit.resize(alice, 500 * KIB, 100));
        assertEquals(100, credit.used());
        assertTrue(credit.resize(alice, 100, 0));
        assertEquals(0, credit.used());
    }

    @Test
    void largeAmountsLeaveTheSmallOnesTheirPart() {
        while (credit.resize(someone(), 0, 90 * KIB)) {
            assertTrue(credit.used() <= 768 * KIB);
        }
        assertTrue(credit.resize(alice, 0, 4 * KIB));
    }

    @Test
    void anAmountAboveAllThereIsIsGrantedAlone() {
        assertTrue(credit.resize(alice, 0, 5000 * KIB));
        assertEquals(768 * KIB, credit.used());
        assertFalse(credit.resize(bob, 0, 9 * KIB));
        assertTrue(credit.resize(alice, 5000 * KIB, 0));
        assertTrue(credit.resize(bob, 0, 9 * KIB));
        await(alice, 5000 * KIB, "alice");
        assertEquals(List.of(), granted);
        assertTrue(credit.resize(bob, 9 * KIB, 0));
        assertEquals(List.of("alice"), granted);
    }

    @Test
    void aLargeAmountInLineIsNotPassedBySmallerOnes() {
        Credit.Account first = someone();
        assertTrue(credit.resize(first, 0, 500 * KIB));
        await(alice, 600 * KIB, "alice");
        await(bob, 20 * KIB, "bob");
        assertFalse(credit.resize(someone(), 0, 20 * KIB), "who comes now waits as well");
        assertEquals(List.of(), granted);
        assertTrue(credit.resize(first, 500 * KIB, 0));
        assertEquals(List.of("alice", "bob"), granted);
        assertEquals(0, credit.waiting());
    }

    @Test
    void aUserHasAShareAndOthersPass() {
        assertTrue(credit.resize(alice, 0, 90 * KIB));
        assertFalse(credit.resize(alice, 0, 20 * KIB));
        await(alice, 20 * KIB, "alice");
        await(bob, 20 * KIB, "bob");
        assertEquals(List.of("bob"), granted);
        assertTrue(credit.resize(alice, 90 * KIB, 0));
        assertEquals(List.of("bob", "alice"), granted);
    }

    @Test
    void whoHasLeftTheLineHoldsNobodyUp() {
        assertTrue(credit.resize(someone(), 0, 700 * KIB));
        CreditRequest gone = await(alice, 600 * KIB, "alice");
        await(bob, 20 * KIB, "bob");
        assertEquals(List.of(), granted);
        gone.withdraw();
        Credit.Account third = someone();
        await(third, 20 * KIB, "third");
        assertEquals(List.of("bob", "third"), granted);
    }

    @Test
    void framesShrinkAsTheSmallerPartFillsAndWithAUsersSessions() {
        assertEquals(4 * KIB, credit.frameBytes(1), "never below");
        Credit roomy = new Credit(new HubConfig(KIB, 64L << 20, KIB, 64 * KIB, 0, 1, 2, Duration.ZERO, 1));
        assertEquals(64 * KIB, roomy.frameBytes(1));
        assertEquals(64 * KIB, roomy.frameBytes(32));
        assertEquals(2048 / 100 * KIB, roomy.frameBytes(100), KIB);
        for (int i = 0; i < 100; i++) {
            assertTrue(roomy.resize(someone(), 0, 128 * KIB));
        }
        assertTrue(roomy.frameBytes(1) < 16 * KIB);
    }

    @Test
    void amongThreadsNothingIsLostAndEverybodyHasATurn() throws Exception {
        int threads = 4;
        int rounds = 20_000;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Random random = new Random(i);
                Credit.Account own = i % 2 == 0 ? alice : someone();
                all.add(executor.submit(() -> {
                    for (int round = 0; round < rounds; round++) {
                        takeAndGiveBack(own, 1 + random.nextInt(700 * KIB));
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) {
                Object unused = each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }
        assertEquals(0, credit.used());
        assertEquals(0, credit.waiting());
    }

    private void takeAndGiveBack(Credit.Account user, long bytes) throws InterruptedException {
        if (!credit.resize(user, 0, bytes)) {
            Semaphore turn = new Semaphore(0);
            credit.await(user, bytes, Runnable::run, turn::release);
            assertTrue(turn.tryAcquire(30, TimeUnit.SECONDS), "no turn came");
        }
        assertTrue(credit.used() <= credit.limit());
        assertTrue(credit.resize(user, bytes, 0));
    }
}
