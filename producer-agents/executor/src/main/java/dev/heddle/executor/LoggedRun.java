package dev.heddle.executor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.RecordedRun;
import dev.heddle.event.EventItem;
import dev.heddle.event.Json;
import dev.heddle.event.RunState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The trace of one run in the log: its state, and its events while it is open. For one thread. */
final class LoggedRun {

    /** The number of events after which deltas are joined: joining each one at once would copy the text each time. */
    private static final int JOIN = 256;

    private final RunState state;
    /** Empty once the run has ended. */
    private List<EventItem> events = new ArrayList<>();

    LoggedRun(EventItem first) {
        this.state = new RunState(first);
    }

    void add(EventItem item) {
        state.add(item);
        if (state.hasEnded()) {
            events = List.of();
        } else {
            events.add(item);
            if (events.size() % JOIN == 0) {
                events = EventItem.fold(events);
            }
        }
    }

    String threadId() {
        return state.threadId();
    }

    @Nullable
    String agentId() {
        return state.agentId();
    }

    /** The highest runSeq. */
    long lastSeq() {
        return state.lastSeq();
    }

    /** The highest attempt. */
    int attempt() {
        return state.attempt();
    }

    boolean isOver() {
        return state.hasEnded();
    }

    /** The events of a run that is not over. */
    RecordedRun recorded() {
        List<ObjectNode> bodies = EventItem.fold(events).stream()
                .map(item -> Json.parseObject(item.eventJson()))
                .toList();
        return new RecordedRun(bodies, lastSeq(), attempt());
    }
}
