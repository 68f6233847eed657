package dev.heddle.edge.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;

/** The frames as they are promised, byte for byte: the files in {@code golden/frames}. */
public final class GoldenFrames {

    private GoldenFrames() {}

    /** Fails the test unless the frame is the file of this name. */
    public static void assertGolden(String name, byte[] frame) throws IOException {
        try (InputStream golden = GoldenFrames.class.getResourceAsStream("/golden/frames/" + name + ".json")) {
            assertNotNull(golden, name);
            assertEquals(new String(golden.readAllBytes(), UTF_8).strip(), new String(frame, UTF_8), name);
        }
    }
}
