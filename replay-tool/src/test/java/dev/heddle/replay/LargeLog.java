package dev.heddle.replay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.Json;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A log as many users leave it: each writes in runs of {@value #RUN} events of some 300 bytes, {@value #AT_ONCE} runs
 * are under way at any time, and whose comes next is random (of a fixed seed). Every user has the same number of runs.
 *
 * @param users how many
 * @param runsEach of every user
 */
record LargeLog(int users, int runsEach) {
    /** Events of a run. */
    static final int RUN = 100;

    /** Runs that are under way together. */
    static final int AT_ONCE = 50;

    private static final long SEED = 20_261_121;
    private static final String WORDS =
            "lorem ipsum dolor sit amet consetetur sadipscing elitr sed diam nonumy eirmod ".repeat(2);

    /** Of 10 million events of 10,000 users. */
    static final LargeLog FULL = new LargeLog(10_000, 10);

    /** Of 200,000 events of 1,000 users. */
    static final LargeLog SMALL = new LargeLog(1_000, 2);

    int events() {
        return users * runsEach * RUN;
    }

    int eventsEach() {
        return runsEach * RUN;
    }

    static UserKey user(int number) {
        return UserKey.of("user-" + number);
    }

    /** A run under way. */
    private static final class Writing {
        private final UserKey user;
        private final String run;
        private int next;

        Writing(UserKey user, String run) {
            this.user = user;
            this.run = run;
        }
    }

    /** Puts all of it, index included, and returns when it is acknowledged. */
    void putInto(TestLog log) throws Exception {
        Random random = new Random(SEED);
        List<Writing> underWay = new ArrayList<>();
        int begun = 0;
        long timestamp = 1_767_225_600_000L;
        while (begun < users * runsEach || !underWay.isEmpty()) {
            while (underWay.size() < AT_ONCE && begun < users * runsEach) {
                // Spread over the whole log: a user's next run comes when all others have had theirs.
                underWay.add(new Writing(user(begun % users), "run-" + begun / users));
                begun++;
            }
            int at = random.nextInt(underWay.size());
            Writing writing = underWay.get(at);
            log.put(writing.user, event(writing, timestamp++));
            if (++writing.next == RUN) {
                underWay.set(at, underWay.get(underWay.size() - 1));
                underWay.remove(underWay.size() - 1);
            }
        }
        log.indexAll();
        log.flush();
    }

    private static byte[] event(Writing writing, long timestamp) {
        ObjectNode event = Json.object();
        int seq = writing.next;
        switch (seq) {
            case 0 -> event.put("type", "RUN_STARTED").put("threadId", "thread").put("runId", writing.run);
            case 1 -> event.put("type", "TEXT_MESSAGE_START").put("messageId", writing.run);
            case RUN - 2 -> event.put("type", "TEXT_MESSAGE_END").put("messageId", writing.run);
            case RUN - 1 ->
                event.put("type", "RUN_FINISHED").put("threadId", "thread").put("runId", writing.run);
            default ->
                event.put("type", "TEXT_MESSAGE_CONTENT")
                        .put("messageId", writing.run)
                        .put("delta", WORDS + seq);
        }
        event.put("timestamp", timestamp);
        String id = writing.user.value() + "-" + writing.run + "-" + seq;
        return EventCodec.encode(new AgentEvent(
                new Envelope(id, writing.user, "thread", "helper", new RunPlace(writing.run, seq, 0)), event));
    }
}
