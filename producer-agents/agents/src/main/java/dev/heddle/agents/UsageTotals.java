package dev.heddle.agents;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that a run has used so far, by model, for the event that ends it. Not thread-safe: its emitter's lock
 * guards it.
 */
final class UsageTotals {

    private record Key(@Nullable String provider, @Nullable String model) {}

    private final Map<Key, ModelUsage.Tokens> used = new LinkedHashMap<>();

    void add(ModelUsage usage) {
        used.merge(new Key(usage.provider(), usage.model()), usage.tokens(), ModelUsage.Tokens::plus);
    }

    /** Writes the totals into the terminal event, unless there are none or the event has its own. */
    void tell(ObjectNode terminal) {
        if (used.isEmpty() || terminal.has("usage")) {
            return;
        }
        ArrayNode usage = terminal.putArray("usage");
        used.forEach((key, tokens) -> usage.add(new ModelUsage(key.provider(), key.model(), tokens).json()));
    }
}
