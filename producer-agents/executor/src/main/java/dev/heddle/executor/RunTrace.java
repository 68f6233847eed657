package dev.heddle.executor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.RecordedRun;
import dev.heddle.event.EventItem;
import dev.heddle.event.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the log says of one run, gathered event by event. For one thread. */
final class RunTrace {

    /** So many deltas are joined at once: each one into the text so far would copy the text each time. */
    private static final int JOIN = 256;

    private final String threadId;
    private final @Nullable String agentId;
    private final List<EventItem> events = new ArrayList<>();
    private long lastSeq = -1;
    private int attempt;
    private boolean over;

    RunTrace(EventItem first) {
        this.threadId = first.threadId();
        this.agentId = first.agentId();
    }

    void add(EventItem item) {
        lastSeq = Math.max(lastSeq, item.runSeq());
        attempt = Math.max(attempt, item.attempt());
        over |= item.type().equals("RUN_FINISHED") || item.type().equals("RUN_ERROR");
        if (over) {
            events.clear();
        } else {
            events.add(item);
            if (events.size() % JOIN == 0) {
                join();
            }
        }
    }

    private void join() {
        List<EventItem> joined = new ArrayList<>();
        List<EventItem> group = new ArrayList<>();
        for (EventItem item : events) {
            if (!group.isEmpty() && !group.get(group.size() - 1).joins(item)) {
                joined.add(EventItem.joined(List.copyOf(group)));
                group.clear();
            }
            group.add(item);
        }
        if (!group.isEmpty()) {
            joined.add(EventItem.joined(group));
        }
        events.clear();
        events.addAll(joined);
    }

    String threadId() {
        return threadId;
    }

    @Nullable
    String agentId() {
        return agentId;
    }

    /** The highest runSeq. */
    long lastSeq() {
        return lastSeq;
    }

    /** The highest attempt. */
    int attempt() {
        return attempt;
    }

    boolean isOver() {
        return over;
    }

    /** The events of a run that is not over. */
    RecordedRun recorded() {
        join();
        List<ObjectNode> bodies =
                events.stream().map(item -> Json.parseObject(item.eventJson())).toList();
        return new RecordedRun(bodies, lastSeq, attempt);
    }
}
