package dev.heddle.systemtest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Everything that a client can do wrong. */
@ExtendWith(SharedStack.class)
final class BadInputTest {
    @Test
    void eachGetsTheContractsAnswerAndTheEdgeGoesOn(Stack stack) {
        NodeProgram.run(stack, "bad-input.mjs", "--key", stack.keys().toString());
    }
}
