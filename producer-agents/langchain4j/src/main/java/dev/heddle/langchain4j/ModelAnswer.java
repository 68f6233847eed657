package dev.heddle.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.agents.Approval;

/** A person's answer to a {@link Question}. */
public sealed interface ModelAnswer {

    /**
     * The person answered.
     *
     * @param payload what; a missing node if the answer says nothing more
     */
    record Resolved(JsonNode payload) implements ModelAnswer {}

    /** The person declined to answer. */
    record Cancelled() implements ModelAnswer {}

    /** True if this is an explicit yes, as {@link Approval} defines it. */
    default boolean isApproved() {
        return this instanceof Resolved resolved && Approval.isYes(resolved.payload());
    }
}
