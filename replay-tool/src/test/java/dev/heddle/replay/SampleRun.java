package dev.heddle.replay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.EventIds;
import dev.heddle.event.Json;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;
import java.util.ArrayList;
import java.util.List;

/** A whole run as it is stored: a message in pieces, a tool call with its result, usage. */
final class SampleRun {
    private final UserKey user;
    private final String thread;
    private final String run;
    private final List<byte[]> stored = new ArrayList<>();
    private long timestamp = 1_767_225_600_000L;

    private SampleRun(UserKey user, String thread, String run) {
        this.user = user;
        this.thread = thread;
        this.run = run;
    }

    /** The run's stored events: 5 of the run and its tool call's, and that many deltas of a message between. */
    static List<byte[]> of(UserKey user, String thread, String run, int deltas) {
        SampleRun sample = new SampleRun(user, thread, run);
        sample.add("{\"type\":\"RUN_STARTED\",\"threadId\":\"" + thread + "\",\"runId\":\"" + run + "\"}");
        sample.add("{\"type\":\"STEP_STARTED\",\"stepName\":\"look\"}");
        sample.add("{\"type\":\"TOOL_CALL_START\",\"toolCallId\":\"c-" + run + "\",\"toolCallName\":\"calculator\"}");
        sample.add("{\"type\":\"TOOL_CALL_ARGS\",\"toolCallId\":\"c-" + run
                + "\",\"delta\":\"{\\\"expression\\\":\\\"6 * 7\\\"}\"}");
        sample.add("{\"type\":\"TOOL_CALL_END\",\"toolCallId\":\"c-" + run + "\"}");
        sample.add("{\"type\":\"TOOL_CALL_RESULT\",\"messageId\":\"r-" + run + "\",\"toolCallId\":\"c-" + run
                + "\",\"content\":\"42\",\"role\":\"tool\"}");
        sample.add("{\"type\":\"STEP_FINISHED\",\"stepName\":\"look\"}");
        sample.add("{\"type\":\"TEXT_MESSAGE_START\",\"messageId\":\"m-" + run + "\",\"role\":\"assistant\"}");
        for (int i = 0; i < deltas; i++) {
            sample.add("{\"type\":\"TEXT_MESSAGE_CONTENT\",\"messageId\":\"m-" + run + "\",\"delta\":\"grüß 🧵 " + i
                    + " \"}");
        }
        sample.add("{\"type\":\"TEXT_MESSAGE_END\",\"messageId\":\"m-" + run + "\"}");
        sample.add("{\"type\":\"RUN_FINISHED\",\"threadId\":\"" + thread + "\",\"runId\":\"" + run
                + "\",\"usage\":[{\"inputTokens\":10,\"outputTokens\":5}],\"precise\":1.50}");
        return sample.stored;
    }

    private void add(String event) {
        stored.add(event(user, thread, run, stored.size(), event, timestamp += 250));
    }

    static byte[] event(UserKey user, String thread, String run, long seq, String event, long timestamp) {
        Envelope envelope = new Envelope(EventIds.next(), user, thread, "helper", new RunPlace(run, seq, 0));
        ObjectNode json = Json.parseObject(event);
        return EventCodec.encode(AgentEvent.stamped(envelope, json, timestamp));
    }
}
