package dev.heddle.edge.protocol;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.edge.hub.HubFrame;
import dev.heddle.edge.hub.RunSummary;
import java.nio.charset.StandardCharsets;

/** The writer of {@code snapshot} frames: runs from the newest on, instants in ISO 8601. */
public final class SnapshotFrame {
    private SnapshotFrame() {}

    /** The frame as UTF-8 JSON. */
    public static byte[] encode(HubFrame.Snapshot snapshot) {
        ObjectNode frame = JsonNodeFactory.instance
                .objectNode()
                .put("type", "snapshot")
                .put("cursor", snapshot.cursor())
                .put("complete", snapshot.complete());
        ArrayNode runs = frame.putArray("runs");
        for (RunSummary run : snapshot.runs()) {
            add(runs.addObject(), run);
        }
        return frame.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void add(ObjectNode line, RunSummary run) {
        line.put("threadId", run.threadId()).put("runId", run.runId());
        if (run.agentId() != null) {
            line.put("agentId", run.agentId());
        }
        line.put("status", run.status().word())
                .put("startedAt", run.startedAt().toString())
                .put("updatedAt", run.updatedAt().toString())
                .put("runSeq", run.runSeq())
                .put("attempt", run.attempt())
                .put("startCursor", run.startCursor().encode());
    }
}
