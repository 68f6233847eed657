package dev.heddle.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;

/** What a person answered to a {@link Question}. */
public sealed interface Answer {

    /**
     * They answered.
     *
     * @param payload what; a missing node if the answer says nothing more
     */
    record Resolved(JsonNode payload) implements Answer {}

    /** They would not answer. */
    record Cancelled() implements Answer {}

    /** Whether this is a plain yes: resolved, and the payload is not {@code false} or {@code {"approved":false}}. */
    default boolean isApproved() {
        if (!(this instanceof Resolved resolved)) {
            return false;
        }
        JsonNode approved = resolved.payload().isObject() ? resolved.payload().path("approved") : resolved.payload();
        return approved.isMissingNode() || approved.asBoolean(true);
    }
}
