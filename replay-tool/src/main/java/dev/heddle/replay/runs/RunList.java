package dev.heddle.replay.runs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A user's runs in the order of their first events, made from the user's events in the order of the log. For one
 * thread.
 */
public final class RunList {
    private final Map<String, RunFacts> runs = new LinkedHashMap<>();

    /**
     * Takes the user's next ITEM; ignores one that belongs to no run.
     *
     * @param storedBytes the length of its stored form
     */
    public void take(ObjectNode item, long storedBytes) {
        if (item.hasNonNull("runId")) {
            runs.computeIfAbsent(item.get("runId").asText(), id -> new RunFacts(item))
                    .take(item, storedBytes);
        }
    }

    public List<RunFacts> runs() {
        return List.copyOf(runs.values());
    }
}
