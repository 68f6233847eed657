package dev.heddle.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class OffsetTrackerTest {

    private final OffsetTracker ledger = new OffsetTracker(5);

    @Test
    void nothingTakenCommitsWhereItBegan() {
        assertEquals(5, ledger.committable());
    }

    @Test
    void commitsOnlyTheContiguousPrefixOfWhatIsSettled() {
        ledger.take(5);
        ledger.take(6);
        ledger.take(9);
        ledger.settle(6);
        assertEquals(5, ledger.committable());
        ledger.settle(5);
        assertEquals(9, ledger.committable());
        ledger.settle(9);
        ledger.settle(9);
        assertEquals(10, ledger.committable());
        assertEquals(0, ledger.outstanding());
    }

    @Test
    void refusesAnOffsetThatWasTaken() {
        ledger.take(5);
        assertThrows(IllegalArgumentException.class, () -> ledger.take(5));
    }
}
