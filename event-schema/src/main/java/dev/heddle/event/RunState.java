package dev.heddle.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * The fold of one run's events: thread, agent, progress, and the times of its first and its newest event. Events are
 * added in the order of the log by {@link #add}, or from the newest to older ones by {@link #addBefore}; both ways give
 * the same state of a run whose events are in order. For one thread.
 */
public final class RunState {
    private final String threadId;
    private final RunProgress progress = new RunProgress(0);
    private @Nullable String agentId;
    private long startedAt;
    private long updatedAt;
    private boolean begun;

    /**
     * A run of which one event was read.
     *
     * @param item the first one, in either direction
     */
    public RunState(EventItem item) {
        this(item.threadId(), item.timestamp(), item.type());
        add(item);
    }

    /**
     * A run of which one event was read.
     *
     * @param item the first one, as the tree of an ITEM
     */
    public RunState(ObjectNode item) {
        this(
                item.path("threadId").asText(),
                item.path("event").path("timestamp").asLong(),
                item.path("event").path("type").asText());
        add(item);
    }

    private RunState(String threadId, long startedAt, String type) {
        this.threadId = threadId;
        this.startedAt = startedAt;
        this.begun = isBeginning(type);
    }

    /** Adds the run's next event. */
    public void add(EventItem item) {
        progress.add(item);
        next(item.timestamp(), agentId == null ? item.agentId() : agentId);
    }

    /** Adds the run's next event, as the tree of an ITEM. */
    public void add(ObjectNode item) {
        JsonNode event = item.path("event");
        progress.add(item.path("runSeq").asLong(), item.path("attempt").asInt(), RunStatus.after(event));
        String agent = item.hasNonNull("agentId") ? item.get("agentId").asText() : null;
        next(event.path("timestamp").asLong(), agentId == null ? agent : agentId);
    }

    private void next(long timestamp, @Nullable String agent) {
        updatedAt = timestamp;
        agentId = agent;
    }

    /**
     * Adds an event that is in the log before all added ones.
     *
     * @return false if the run's beginning was added already: of a run that began twice the later beginning counts
     */
    public boolean addBefore(EventItem item) {
        if (begun) {
            return false;
        }
        progress.addBefore(RunStatus.after(item));
        startedAt = item.timestamp();
        begun = isBeginning(item.type());
        String agent = item.agentId();
        if (agent != null) {
            agentId = agent;
        }
        return true;
    }

    private static boolean isBeginning(String type) {
        return type.equals("RUN_STARTED");
    }

    public String threadId() {
        return threadId;
    }

    /** The agent of the earliest event that names one; null if none does. */
    public @Nullable String agentId() {
        return agentId;
    }

    public RunStatus status() {
        return progress.status();
    }

    public boolean hasEnded() {
        return progress.hasEnded();
    }

    /** The highest {@code runSeq} of the newest event and of those added after it. */
    public long lastSeq() {
        return progress.lastSeq();
    }

    /** The highest attempt of the newest event and of those added after it. */
    public int attempt() {
        return progress.attempt();
    }

    /** The earliest event's own time, in milliseconds since the epoch. */
    public long startedAt() {
        return startedAt;
    }

    /** The newest event's own time, in milliseconds since the epoch. */
    public long updatedAt() {
        return updatedAt;
    }
}
