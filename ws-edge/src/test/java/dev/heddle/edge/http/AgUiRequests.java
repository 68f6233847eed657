package dev.heddle.edge.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.edge.socket.EdgeRig;
import dev.heddle.event.Json;
import dev.heddle.event.RunPlace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Requests of AG-UI clients to a rig, and the events of runs that its executor would append. */
final class AgUiRequests {

    private final EdgeRig rig;

    AgUiRequests(EdgeRig rig) {
        this.rig = rig;
    }

    static ObjectNode input(String thread, String run) {
        ObjectNode input = Json.object().put("threadId", thread).put("runId", run);
        input.putArray("messages")
                .addObject()
                .put("id", "u-" + run)
                .put("role", "user")
                .put("content", "hello");
        input.putArray("tools");
        input.putArray("context");
        return input;
    }

    /** A request that has been sent, and whose answer has not been read. */
    HttpPeer send(String method, String path, String user, String... headers) {
        return new HttpPeer(rig.port()).send(method + " " + path + " HTTP/1.1", headers(user, headers), new byte[0]);
    }

    /** A POST of a JSON body that has been sent. */
    HttpPeer post(String path, String user, ObjectNode body, String... headers) {
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        List<String> all = headers(user, headers);
        all.add("Content-Type: application/json");
        all.add("Content-Length: " + bytes.length);
        return new HttpPeer(rig.port()).send("POST " + path + " HTTP/1.1", all, bytes);
    }

    private List<String> headers(String user, String... more) {
        List<String> all = new ArrayList<>(List.of(more));
        all.add("Authorization: Bearer " + rig.tokens().token(user));
        return all;
    }

    /** Appends events to a run, from this number on. */
    void publish(String user, String thread, String run, long seq, ObjectNode... events) {
        for (ObjectNode event : events) {
            rig.publish(user, thread, new RunPlace(run, seq, 0), event);
            seq++;
        }
    }

    static ObjectNode started(String thread, String run) {
        return EdgeRig.event("RUN_STARTED").put("threadId", thread).put("runId", run);
    }

    static ObjectNode finished(String thread, String run) {
        return EdgeRig.event("RUN_FINISHED").put("threadId", thread).put("runId", run);
    }

    static ObjectNode begin(String message) {
        return EdgeRig.event("TEXT_MESSAGE_START").put("messageId", message).put("role", "assistant");
    }

    static ObjectNode text(String message, String delta) {
        return EdgeRig.event("TEXT_MESSAGE_CONTENT").put("messageId", message).put("delta", delta);
    }

    static ObjectNode end(String message) {
        return EdgeRig.event("TEXT_MESSAGE_END").put("messageId", message);
    }
}
