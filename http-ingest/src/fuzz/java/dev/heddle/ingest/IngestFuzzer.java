package dev.heddle.ingest;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;

/** What senders send under Jazzer, which is guided by coverage; the first byte says which decoder. In the profile {@code fuzz} only; findings and corpus come to lie in {@code .cifuzz-corpus}. */
class IngestFuzzer {

    @FuzzTest(maxDuration = "2m")
    void nonsenseIsReadAndTold(byte[] data) {
        if (data.length > 0) {
            IngestDecoder[] decoders = IngestDecoder.values();
            decoders[(data[0] & 0xFF) % decoders.length].feed(Arrays.copyOfRange(data, 1, data.length));
        }
    }
}
