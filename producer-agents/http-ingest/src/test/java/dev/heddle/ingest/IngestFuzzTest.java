package dev.heddle.ingest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.heddle.testing.Mutations;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What senders send, nearly: refused or taken, and nothing else. A failure names its seed:
 * {@code -Dheddle.fuzz.seed=N}.
 */
class IngestFuzzTest {

    private static final int INPUTS = 20_000;
    private static final long SEED = Long.getLong("heddle.fuzz.seed", 20_261_121);

    @ParameterizedTest
    @EnumSource
    void nonsenseIsReadAndTold(IngestDecoder decoder) {
        Random random = new Random(SEED);
        List<byte[]> seeds =
                decoder.seeds().stream().map(seed -> seed.getBytes(ISO_8859_1)).toList();
        for (int i = 0; i < INPUTS; i++) {
            byte[] input = Mutations.of(seeds, random);
            try {
                decoder.feed(input);
            } catch (RuntimeException | Error e) {
                throw new AssertionError(
                        decoder + ", seed " + SEED + ", input " + i + ": " + new String(input, ISO_8859_1), e);
            }
        }
    }
}
