package dev.heddle.systemtest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A socket that is destroyed at random moments, and comes back with its cursor. */
@ExtendWith(SharedStack.class)
final class ResumeTest {
    @Test
    void afterEachOfTenCutsTheLastCursorBringsEveryEventOnceAndInOrder(Stack stack) {
        NodeProgram.run(stack, "resume.mjs");
    }
}
