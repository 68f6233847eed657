package dev.heddle.event.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class UserHashTest {
    @Test
    void thePublishedVectors_hold() throws Exception {
        JsonNode vectors;
        try (InputStream in = Objects.requireNonNull(UserHash.class.getResourceAsStream("/index-vectors.json"))) {
            vectors = Json.mapper().readTree(in);
        }
        assertTrue(vectors.size() > 5);
        for (JsonNode vector : vectors) {
            long hash = UserHash.of(UserKey.of(vector.get("key").textValue()));
            assertEquals(Long.parseUnsignedLong(vector.get("hash").textValue(), 16), hash);
            for (JsonNode ribbon : vector.get("ribbons")) {
                long inBlock = UserHash.at(ribbon.get("blockStart").longValue(), hash);
                long seeded = Ribbon.seeded(inBlock, ribbon.get("seed").intValue());
                assertEquals(
                        ribbon.get("slot").intValue(),
                        Ribbon.slot(seeded, ribbon.get("words").intValue() * Long.SIZE));
                assertEquals(Long.parseUnsignedLong(ribbon.get("named").textValue(), 16), Ribbon.named(seeded));
                assertEquals(ribbon.get("fingerprint").intValue(), Ribbon.fingerprint(seeded));
            }
        }
    }
}
