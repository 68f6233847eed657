package dev.heddle.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Set;

/**
 * The types of activities that a MESSAGES_SNAPSHOT is complete for: an activity of these types that it omits is
 * removed. A snapshot names them in its metadata (key {@code @ag-ui/client}); one that names none is complete for all
 * types if it has an activity.
 */
final class ActivityHistory {

    private final boolean all;
    private final Set<String> types;

    private ActivityHistory(boolean all, Set<String> types) {
        this.all = all;
        this.types = types;
    }

    static ActivityHistory of(ObjectNode snapshot, boolean hasActivity) {
        JsonNode metadata = snapshot.path("metadata");
        if (!metadata.has("@ag-ui/client")) {
            return new ActivityHistory(hasActivity, Set.of());
        }
        JsonNode declared = metadata.path("@ag-ui/client");
        if (!declared.isObject()) {
            return new ActivityHistory(false, Set.of());
        }
        JsonNode types = declared.path("authoritativeActivityTypes");
        if (types.isMissingNode()) {
            return new ActivityHistory(hasActivity, Set.of());
        }
        Set<String> named = new HashSet<>();
        for (JsonNode type : types) {
            if (!type.isTextual()) {
                return new ActivityHistory(false, Set.of());
            }
            named.add(type.textValue());
        }
        return new ActivityHistory(types.isNull(), types.isArray() ? named : Set.of());
    }

    boolean owns(String activityType) {
        return all || types.contains(activityType);
    }
}
