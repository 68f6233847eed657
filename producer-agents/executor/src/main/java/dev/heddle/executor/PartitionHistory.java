package dev.heddle.executor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.event.CommandHeader;
import dev.heddle.event.EventItem;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The runs and the replies to commands in one partition of the log. For one thread. */
final class PartitionHistory {
    private record Answered(UserKey user, String commandId) {}

    private final Map<RunKey, LoggedRun> runs = new HashMap<>();
    private final Set<Answered> answered = new HashSet<>();

    @Nullable
    LoggedRun of(RunKey run) {
        return runs.get(run);
    }

    boolean isAnswered(CommandHeader command) {
        return answered.contains(new Answered(command.user(), command.id()));
    }

    void add(UserKey user, EventItem item) {
        String runId = item.runId();
        if (runId != null) {
            runs.computeIfAbsent(new RunKey(user, runId), key -> new LoggedRun(item))
                    .add(item);
        } else if (item.type().equals("CUSTOM")) {
            JsonNode event = Json.parseObject(item.eventJson());
            if (event.path("name").asText().equals(CommandReply.EVENT)) {
                answered.add(new Answered(user, event.path("value").path("id").asText()));
            }
        }
    }
}
