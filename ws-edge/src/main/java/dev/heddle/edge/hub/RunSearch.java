package dev.heddle.edge.hub;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.event.Cursor;
import dev.heddle.event.EventItem;
import dev.heddle.event.Json;
import dev.heddle.event.Position;
import dev.heddle.event.RunState;
import dev.heddle.event.UserKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The search for a run in the events of its user, from the newest to older ones. It ends at the run's beginning, or at
 * the event that refused the run's command; otherwise it goes over all events that the log keeps, in as many passes of
 * the backward scan as that takes.
 */
final class RunSearch implements BackwardScanRequest {
    private static final String REPLY = "heddle.command";

    private final Start start;
    private final RunQuery query;
    private final StartResolver.HistorySearch history;
    private final CompletableFuture<RunSearchResult> result = new CompletableFuture<>();
    private final Map<String, String> open = new HashMap<>();
    private final Set<String> settled = new HashSet<>();
    private long before;
    private @Nullable RunState run;
    private @Nullable Position first;
    private @Nullable Position end;
    private @Nullable String refusal;

    /** @param start whose user and extent are searched */
    RunSearch(Start start, RunQuery query, StartResolver.HistorySearch history) {
        this.start = start;
        this.query = query;
        this.history = history;
        this.before = start.end();
    }

    /** Begins to search. */
    void begin() {
        history.search(start.partition(), new BackwardScan.Range(start.extent().start(), before), this);
    }

    /** Completes with the answer, on the thread of the backward scan. */
    CompletionStage<RunSearchResult> result() {
        return result;
    }

    @Override
    public UserKey user() {
        return start.user();
    }

    @Override
    public boolean take(LogRecord record) {
        EventItem item = record.itemIfValid(); // null: its value is no event
        if (item == null) {
            return true;
        }
        String of = item.runId();
        if (query.run().equals(of)) {
            return takeOfRun(item, record);
        }
        if (of == null) {
            return run != null || !isRefusal(item);
        }
        if (run == null
                && item.threadId().equals(query.thread())
                && !query.interrupts().isEmpty()) {
            takeInterrupts(item);
        }
        return true;
    }

    private boolean takeOfRun(EventItem item, LogRecord record) {
        RunState known = run;
        if (known == null) {
            known = new RunState(item);
            run = known;
        } else if (!known.addBefore(item)) {
            return false;
        }
        if (end == null && known.hasEnded()) {
            end = new Position(record.offset() + 1, record.leaderEpoch());
        }
        first = new Position(record.offset(), -1);
        return !item.type().equals("RUN_STARTED");
    }

    private boolean isRefusal(EventItem item) {
        if (query.commandId() == null || !item.type().equals("CUSTOM")) {
            return false;
        }
        JsonNode event = Json.parseObject(item.eventJson());
        JsonNode reply = event.path("value");
        if (!event.path("name").asText().equals(REPLY)
                || !reply.path("id").asText().equals(query.commandId())) {
            return false;
        }
        refusal = reply.path("code").asText();
        return true;
    }

    private void takeInterrupts(EventItem item) {
        if (item.type().equals("RUN_STARTED")) {
            for (JsonNode answer :
                    Json.parseObject(item.eventJson()).path("input").path("resume")) {
                String id = answer.path("interruptId").asText();
                if (query.interrupts().contains(id) && !open.containsKey(id)) {
                    settled.add(id);
                }
            }
        } else if (item.type().equals("RUN_FINISHED")) {
            JsonNode outcome = Json.parseObject(item.eventJson()).path("outcome");
            for (JsonNode interrupt : outcome.path("interrupts")) {
                String id = interrupt.path("id").asText();
                if (query.interrupts().contains(id) && !settled.contains(id)) {
                    String agent = item.agentId();
                    open.putIfAbsent(id, agent == null ? "" : agent);
                }
            }
        }
    }

    @Override
    public void done(long reached, boolean whole) {
        if (!whole && reached < before) {
            before = reached;
            begin();
        } else if (whole) {
            result.complete(new RunSearchResult(found(), refusal, open, settled));
        } else {
            fail(new IllegalStateException("the log was not read as far as " + before));
        }
    }

    private RunSearchResult.@Nullable Found found() {
        RunState known = run;
        Position from = first;
        if (known == null || from == null) {
            return null;
        }
        Cursor here = start.cursor().withFlags(0);
        return new RunSearchResult.Found(
                known.threadId(), known.agentId(), here.at(from), end == null ? null : here.at(end));
    }

    @Override
    public void fail(Throwable why) {
        result.completeExceptionally(why);
    }
}
