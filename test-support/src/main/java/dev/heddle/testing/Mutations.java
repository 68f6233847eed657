package dev.heddle.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;

/**
 * A generator of nearly valid inputs, which find a decoder's bugs sooner than random bytes. The same {@link Random}
 * gives the same inputs.
 */
public final class Mutations {

    private static final byte[] SPECIAL =
            "{}[]\",:\\0%&=.+-_*/ \u0000\u00ff\u00c3\u00ed\u00a0\u0080eE\n".getBytes(ISO_8859_1);

    private Mutations() {}

    /** A seed with a few changes: bytes replaced, dropped or inserted, a piece doubled, or another seed's tail. */
    public static byte[] of(List<byte[]> seeds, Random random) {
        byte[] input = seeds.get(random.nextInt(seeds.size())).clone();
        for (int changes = random.nextInt(5); changes >= 0; changes--) {
            int at = random.nextInt(input.length + 1);
            int end = Math.min(input.length, at + random.nextInt(8));
            ByteArrayOutputStream next = new ByteArrayOutputStream();
            next.write(input, 0, at);
            switch (random.nextInt(5)) {
                case 0 -> next.write(SPECIAL[random.nextInt(SPECIAL.length)]);
                case 1 -> next.write(random.nextInt(256));
                case 2 -> next.write(input, at, end - at);
                case 3 -> end = input.length;
                default -> {
                    byte[] other = seeds.get(random.nextInt(seeds.size()));
                    int from = random.nextInt(other.length + 1);
                    next.write(other, from, other.length - from);
                }
            }
            int keep = random.nextBoolean() ? end : at;
            next.write(input, keep, input.length - keep);
            input = next.toByteArray();
        }
        return input;
    }
}
