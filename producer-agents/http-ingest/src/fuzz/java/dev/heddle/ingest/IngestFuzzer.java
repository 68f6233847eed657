package dev.heddle.ingest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What senders send under Jazzer, which is guided by coverage and begins with what good ones send; the first byte says which decoder. In the profile {@code fuzz} only; findings and corpus come to
 * lie in {@code .cifuzz-corpus}.
 */
class IngestFuzzer {

    static Stream<Arguments> seeds() {
        IngestDecoder[] decoders = IngestDecoder.values();
        return IntStream.range(0, decoders.length)
                .boxed()
                .flatMap(which -> decoders[which].seeds().stream()
                        .map(seed -> ((char) which.intValue() + seed).getBytes(ISO_8859_1))
                        .map(Arguments::of));
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "2m")
    void nonsenseIsReadAndTold(byte[] data) {
        if (data.length > 0) {
            IngestDecoder[] decoders = IngestDecoder.values();
            decoders[(data[0] & 0xFF) % decoders.length].feed(Arrays.copyOfRange(data, 1, data.length));
        }
    }
}
