package dev.heddle.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** The JSON mapper of this package. */
final class ClientJson {
    static final ObjectMapper MAPPER = JsonMapper.builder().build();

    private ClientJson() {}

    /** Parses one JSON object or throws {@link IllegalArgumentException}. */
    static JsonNode parse(String text) {
        try {
            JsonNode json = MAPPER.readTree(text);
            if (!json.isObject()) {
                throw new IllegalArgumentException("not a JSON object");
            }
            return json;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON", e);
        }
    }
}
