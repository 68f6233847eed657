package dev.heddle.edge.hub;

import dev.heddle.event.Cursor;
import dev.heddle.event.EventItem;
import dev.heddle.event.Position;
import dev.heddle.event.RunState;
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
 * The builder of a snapshot: the runs of a user's events before a cursor, with the status of each. It takes the events
 * from the newest to older ones, so the first event of a run that it takes is the run's newest.
 */
final class SnapshotBuilder implements BackwardScanRequest {
    /** The most ended runs of a snapshot. */
    static final int NEWEST = 100;

    /** The approximate most bytes of a snapshot's runs as JSON, so that a snapshot fits a frame. */
    private static final int MOST_BYTES = 200 * 1024;

    /** The size of a run beside its ids, in bytes: names, instants, a cursor. */
    private static final int RUN_BYTES = 360;

    private final Cursor cursor;
    private final UserKey user;
    private final SnapshotRequest request;
    private final Map<String, Run> runs = new LinkedHashMap<>();
    private final Set<String> leftOut = new HashSet<>();
    private int ended;
    private int bytes;
    private boolean cutShort;

    /** One run so far, and the offset of its earliest event that was found. */
    private static final class Run {
        final RunState state;
        long firstOffset;

        Run(EventItem newest) {
            this.state = new RunState(newest);
        }
    }

    /**
     * A snapshot without runs yet.
     *
     * @param cursor the cursor of {@code hello}
     * @param request answered by the snapshot
     */
    SnapshotBuilder(Cursor cursor, UserKey user, SnapshotRequest request) {
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
        EventItem item = record.itemIfValid(); // null: its value is no event
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
            if (run.state.hasEnded() && ended >= NEWEST) {
                leftOut.add(runId);
                return;
            }
            bytes += RUN_BYTES + utf8(runId) + utf8(item.threadId()) + utf8(item.agentId());
            if (bytes > MOST_BYTES) {
                cutShort = true;
                leftOut.add(runId);
                return;
            }
            ended += run.state.hasEnded() ? 1 : 0;
            runs.put(runId, run);
        } else if (!run.state.addBefore(item)) {
            return;
        }
        run.firstOffset = record.offset();
    }

    private static int utf8(@Nullable String id) {
        return id == null ? 0 : id.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public void done(long reached, boolean whole) {
        List<RunSummary> summaries = new ArrayList<>(runs.size());
        runs.forEach((runId, run) -> summaries.add(new RunSummary(
                run.state.threadId(),
                runId,
                run.state.agentId(),
                run.state.status(),
                Instant.ofEpochMilli(run.state.startedAt()),
                Instant.ofEpochMilli(run.state.updatedAt()),
                run.state.lastSeq(),
                run.state.attempt(),
                cursor.at(new Position(run.firstOffset, -1)).withFlags(0))));
        request.complete(new HubFrame.Snapshot(cursor.encode(), whole && !cutShort, summaries), bytes);
    }

    @Override
    public void fail(Throwable why) {
        request.fail();
    }
}
