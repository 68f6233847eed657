package dev.heddle.edge.hub;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.event.Cursor;
import dev.heddle.event.EventItem;
import dev.heddle.event.Json;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot in the making: which runs the user's events before a cursor tell of, and how they stand. Goes through
 * the events from the newest to older ones, so the first that is seen of a run is its newest.
 */
final class RunsBefore implements LookBackRequest {
    /** How many runs a snapshot has that are not open. */
    static final int NEWEST = 100;

    /** What the runs of a snapshot hold at most as JSON, in bytes, roughly: so that it fits a frame. */
    private static final int MOST_BYTES = 200 * 1024;

    /** What a run holds beside its ids, in bytes: names, instants, a cursor. */
    private static final int RUN_BYTES = 360;

    private final Cursor cursor;
    private final UserKey user;
    private final SnapshotRequest request;
    private final Map<String, Run> runs = new LinkedHashMap<>();
    private final Set<String> leftOut = new HashSet<>();
    private int ended;
    private int bytes;
    private boolean cutShort;

    /** What is known of one run so far. */
    private static final class Run {
        final Newest newest;
        RunSummary.@Nullable Status end;

        @Nullable
        String agentId;

        long firstTimestamp;
        long firstOffset;
        boolean begun;

        Run(EventItem newest) {
            this.newest = new Newest(newest.threadId(), newest.timestamp(), newest.runSeq(), newest.attempt());
        }
    }

    /** What the snapshot says of a run's newest event: not the event, which may be large. */
    private record Newest(String threadId, long timestamp, long runSeq, int attempt) {}

    /**
     * A snapshot of nothing yet.
     *
     * @param cursor of {@code hello}
     * @param request that the snapshot answers
     */
    RunsBefore(Cursor cursor, UserKey user, SnapshotRequest request) {
        this.cursor = cursor;
        this.user = user;
        this.request = request;
    }

    @Override
    public UserKey user() {
        return user;
    }

    @Override
    public boolean take(LogRecord record) {
        EventItem item = record.itemIfValid(); // what is no event tells of no run
        String runId = item == null ? null : item.runId();
        if (item != null && runId != null && !leftOut.contains(runId)) {
            take(runId, item, record);
        }
        return true; // an older run may be open still
    }

    private void take(String runId, EventItem item, LogRecord record) {
        Run run = runs.get(runId);
        if (run == null) {
            run = new Run(item);
            run.end = endOf(item);
            if (run.end != null && ended >= NEWEST) {
                leftOut.add(runId);
                return;
            }
            bytes += RUN_BYTES + utf8(runId) + utf8(item.threadId()) + utf8(item.agentId());
            if (bytes > MOST_BYTES) {
                cutShort = true;
                leftOut.add(runId);
                return;
            }
            ended += run.end == null ? 0 : 1;
            runs.put(runId, run);
        } else if (run.begun) {
            return; // a run that began twice: the later beginning counts
        } else if (run.end == null) {
            run.end = endOf(item);
        }
        run.firstTimestamp = item.timestamp();
        run.firstOffset = record.offset();
        run.begun = item.type().equals("RUN_STARTED");
        if (item.agentId() != null) {
            run.agentId = item.agentId();
        }
    }

    private static int utf8(@Nullable String id) {
        return id == null ? 0 : id.getBytes(StandardCharsets.UTF_8).length;
    }

    private static RunSummary.@Nullable Status endOf(EventItem item) {
        return switch (item.type()) {
            case "RUN_ERROR" -> RunSummary.Status.ERROR;
            case "RUN_FINISHED" -> outcomeOf(item);
            default -> null;
        };
    }

    private static RunSummary.Status outcomeOf(EventItem item) {
        JsonNode event = Json.parseObject(item.eventJson());
        return switch (event.path("outcome").path("type").asText()) {
            case "cancelled" -> RunSummary.Status.CANCELLED;
            case "interrupt" -> RunSummary.Status.INTERRUPTED;
            default -> RunSummary.Status.FINISHED;
        };
    }

    @Override
    public void done(long reached, boolean whole) {
        List<RunSummary> summaries = new ArrayList<>(runs.size());
        runs.forEach((runId, run) -> summaries.add(new RunSummary(
                run.newest.threadId(),
                runId,
                run.agentId,
                run.end == null ? RunSummary.Status.RUNNING : run.end,
                Instant.ofEpochMilli(run.firstTimestamp),
                Instant.ofEpochMilli(run.newest.timestamp()),
                run.newest.runSeq(),
                run.newest.attempt(),
                cursor.at(new Position(run.firstOffset, -1)).withFlags(0))));
        request.made(new HubFrame.Snapshot(cursor.encode(), whole && !cutShort, summaries), bytes);
    }

    @Override
    public void fail(Throwable why) {
        request.failed();
    }
}
