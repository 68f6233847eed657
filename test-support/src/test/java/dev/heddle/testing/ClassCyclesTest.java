package dev.heddle.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClassCyclesTest {
    private static final String PACKAGE = "dev.heddle.testing.cycles.";

    /** Of {@code cycles} these two know each other, one by a nested class; the sealed type and its subtypes are one. */
    @Test
    void twoClassesThatKnowEachOtherAreACycleAndASealedTypeIsNone() throws URISyntaxException {
        Path classes = Path.of(ClassCyclesTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        assertEquals(List.of(Set.of(PACKAGE + "Chicken", PACKAGE + "Egg")), ClassCycles.in(List.of(classes), PACKAGE));
    }
}
