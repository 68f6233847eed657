package dev.heddle.edge.hub;

import dev.heddle.event.AgentEvent;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.EventIds;
import dev.heddle.event.Json;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;
import java.util.Random;

/** What works for one simulated user: run after run, in two threads, with deltas of several messages in between. */
final class SimulatedAgent {
    private final UserKey user;
    private final Random random;
    private int runs;
    private int seq;
    private boolean running;

    SimulatedAgent(UserKey user, Random random) {
        this.user = user;
        this.random = random;
    }

    /** The stored form of what it says next. */
    byte[] next(int length) {
        String event;
        if (!running) {
            running = true;
            runs++;
            seq = 0;
            event = "{'type':'RUN_STARTED','timestamp':1,'threadId':'" + thread() + "','runId':'" + run() + "'}";
        } else if (random.nextInt(12) == 0) {
            running = false;
            event = random.nextBoolean()
                    ? "{'type':'RUN_ERROR','timestamp':1,'message':'m'}"
                    : "{'type':'RUN_FINISHED','timestamp':1,'threadId':'" + thread() + "','runId':'" + run()
                            + "','outcome':{'type':'cancelled'}}";
        } else {
            String text = user.value() + "-" + seq + "x".repeat(length);
            event = random.nextInt(4) == 0
                    ? "{'type':'TOOL_CALL_ARGS','timestamp':1,'toolCallId':'t','delta':'" + text + "'}"
                    : "{'type':'TEXT_MESSAGE_CONTENT','timestamp':1,'messageId':'m" + random.nextInt(2) + "','delta':'"
                            + text + "'}";
        }
        Envelope envelope = new Envelope(EventIds.next(), user, thread(), null, new RunPlace(run(), seq++, 0));
        return EventCodec.encode(new AgentEvent(envelope, Json.parseObject(event.replace('\'', '"'))));
    }

    private String thread() {
        return "thread-" + runs % 2;
    }

    private String run() {
        return "run-" + runs;
    }
}
