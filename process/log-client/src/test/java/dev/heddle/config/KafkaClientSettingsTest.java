package dev.heddle.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaClientSettingsTest {
    @Test
    void whatPromisesRestOnCannotBeSetFromOutsideAndTheRestCan() {
        Map<String, String> given = new HashMap<>();
        KafkaClientSettings.FIXED.forEach(key -> given.put(key, "a site's habit"));
        given.put("isolation.level", "read_committed");
        given.put("client.id", "mine");
        given.put("bootstrap.servers", "elsewhere:1");
        given.put("security.protocol", "SSL");
        given.put("fetch.min.bytes", "7");

        Map<String, Object> client = new KafkaClientSettings("here:9092", given).forClient("heddle-test");

        KafkaClientSettings.FIXED.forEach(key -> assertFalse(client.containsKey(key), key));
        assertEquals("here:9092", client.get("bootstrap.servers"));
        assertEquals("heddle-test", client.get("client.id"));
        assertEquals("SSL", client.get("security.protocol"));
        assertEquals("7", client.get("fetch.min.bytes"));
    }
}
