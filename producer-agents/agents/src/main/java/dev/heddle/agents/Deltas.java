package dev.heddle.agents;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.DeltaForm;
import dev.heddle.event.RunGrammar;
import org.jspecify.annotations.Nullable;

/**
 * The pieces of one open text of a run: a message's, a span of reasoning's, or a call's arguments. Most events of most
 * runs are such pieces, so they are appended without an object for each.
 *
 * @param form how they are stored; null where the text's id is nothing that UTF-8 can hold
 * @param type of the pieces
 * @param idField the field that names the text
 */
record Deltas(
        String type,
        String idField,
        String id,
        RunGrammar.OpenStream stream,
        @Nullable DeltaForm form) {

    /** A piece as the JSON of its event, for the slow path that checks whole events. */
    ObjectNode event(String delta) {
        return AgUi.event(type).put(idField, id).put("delta", delta);
    }
}
