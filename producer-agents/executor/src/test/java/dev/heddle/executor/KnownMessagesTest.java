package dev.heddle.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.UserKey;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KnownMessagesTest {

    private final KnownMessages memory = new KnownMessages(2);

    private static ThreadKey thread(String id) {
        return new ThreadKey(UserKey.of("alice"), id);
    }

    @Test
    void theThreadThatWasUsedLongestAgoGoesFirst() {
        memory.learn(thread("a"), Set.of("m1"));
        memory.learn(thread("b"), Set.of("m2"));
        memory.add(thread("a"), Set.of("m3"));
        memory.learn(thread("c"), Set.of("m4"));

        assertEquals(Set.of("m1", "m3"), memory.ids(thread("a")));
        assertTrue(memory.isComplete(thread("a")));
        assertEquals(Set.of(), memory.ids(thread("b")));
        assertFalse(memory.isComplete(thread("b")));
        assertEquals(Set.of("m4"), memory.ids(thread("c")));
    }

    @Test
    void whatIsForgottenIsNotComplete() {
        memory.learn(thread("a"), Set.of("m1"));
        memory.learn(thread("b"), Set.of("m2"));
        memory.learn(thread("c"), Set.of("m3"));
        memory.add(thread("a"), Set.of("m4"));

        assertEquals(Set.of("m4"), memory.ids(thread("a")));
        assertFalse(memory.isComplete(thread("a")), "the log holds m1 too");
    }
}
