package dev.heddle.replay.verify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import dev.heddle.process.VisibleText;
import org.jspecify.annotations.Nullable;

/**
 * One broken promise, and its position in the log.
 *
 * @param offset at which it was noticed
 * @param user whose it is, if that is known
 * @param what one line
 */
public record Finding(
        Fault fault, int partition, long offset, @Nullable String user, String what) {
    /** The finding as a line for people. */
    public String text() {
        return VisibleText.of(fault.text() + ": partition " + partition + " offset " + offset
                + (user == null ? "" : " user " + user) + ": " + what);
    }

    /** The finding as JSON, for programs. */
    public ObjectNode json() {
        ObjectNode json = Json.object()
                .put("finding", fault.text())
                .put("partition", partition)
                .put("offset", offset);
        if (user != null) {
            json.put("user", user);
        }
        return json.put("what", what);
    }
}
