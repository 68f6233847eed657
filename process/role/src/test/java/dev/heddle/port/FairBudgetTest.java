package dev.heddle.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FairBudgetTest {

    private static int fill(FairBudget<String> budget, String who) {
        int taken = 0;
        while (budget.take(who, 1)) {
            taken++;
        }
        return taken;
    }

    @Test
    void oneAloneHasHalfAndANewcomerAlwaysFindsSome() {
        FairBudget<String> budget = new FairBudget<>(1_000);
        assertEquals(500, fill(budget, "one"));
        assertEquals(250, fill(budget, "two"));
        for (int i = 0; i < 5; i++) {
            assertTrue(fill(budget, "newcomer-" + i) > 0);
        }
        assertTrue(budget.used() <= 1_000);
    }

    @Test
    void whatIsGivenBackCanBeTakenAgainAndNothingIsTakenByARefusal() {
        FairBudget<String> budget = new FairBudget<>(10);
        assertTrue(budget.take("one", 5));
        assertFalse(budget.take("one", 1));
        assertEquals(5, budget.used());
        budget.giveBack("one", 5);
        assertEquals(0, budget.used());
        assertTrue(budget.take("two", 5));
    }
}
