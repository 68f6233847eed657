package dev.heddle.systemtest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many users at once, whose threads, runs and commands have the same ids. */
@ExtendWith(SharedStack.class)
final class IsolationTest {
    @Test
    void twoHundredUsersWithTheSameIdsSeeOnlyTheirOwnEvents(Stack stack) {
        NodeProgram.run(stack, "isolation.mjs");
    }
}
