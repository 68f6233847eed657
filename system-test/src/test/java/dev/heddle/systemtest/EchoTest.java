package dev.heddle.systemtest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A run through the {@code ws} package, from hello to RUN_FINISHED. */
@ExtendWith(SharedStack.class)
final class EchoTest {
    @Test
    void aClientThatHeddleDidNotWriteGetsHelloFirstThenTheRunAndNothingElse(Stack stack) {
        NodeProgram.run(stack, "echo.mjs");
    }
}
