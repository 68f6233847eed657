package dev.heddle.config;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The value that a source gives for one key.
 *
 * @param source in words, for a message: {@code file edge.yaml}, {@code --set}
 */
record GivenValue(JsonNode value, String source) {}
