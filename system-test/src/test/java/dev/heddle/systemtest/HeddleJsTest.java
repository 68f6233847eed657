package dev.heddle.systemtest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** heddle.js against the real thing. */
@ExtendWith(SharedStack.class)
final class HeddleJsTest {
    @Test
    void theClientFoldsTheSameRunOverCutsReloadsAndDevices(Stack stack) {
        NodeProgram.run(stack, "heddle-js.mjs");
    }

    @Test
    void theClientLosesAndDoublesNothingBehindAProxyThatRefusesResetsHangsAndCloses(Stack stack) {
        NodeProgram.run(stack, "heddle-js-cuts.mjs");
    }
}
