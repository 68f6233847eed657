package dev.heddle.edge.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;

/** All decoders under Jazzer, which is guided by coverage; the first byte says which one. In the profile {@code fuzz} only; findings and corpus come to lie in {@code .cifuzz-corpus}. */
class DecoderFuzzer {

    @FuzzTest(maxDuration = "2m")
    void nonsenseIsReadAndTold(byte[] data) {
        if (data.length > 0) {
            Decoder[] decoders = Decoder.values();
            decoders[(data[0] & 0xFF) % decoders.length].feed(Arrays.copyOfRange(data, 1, data.length));
        }
    }
}
