package dev.heddle.edge.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Whether this edge should be given connections: all its conditions hold and it is not draining. Any thread. */
public final class Readiness {

    private volatile List<Condition> conditions;
    private volatile boolean draining;

    /** One thing that must hold; {@code name} is what an operator reads when it does not. */
    public record Condition(String name, BooleanSupplier holds) {}

    public Readiness(List<Condition> conditions) {
        this.conditions = List.copyOf(conditions);
    }

    /** From now on these must hold as well. By one thread: the one that starts the edge. */
    public void require(List<Condition> more) {
        List<Condition> all = new ArrayList<>(conditions);
        all.addAll(more);
        conditions = List.copyOf(all);
    }

    /** From now on and for good this edge is not ready. */
    public void drain() {
        draining = true;
    }

    /** Whether connections are welcome. */
    public boolean isReady() {
        if (draining) {
            return false;
        }
        for (Condition condition : conditions) {
            if (!condition.holds().getAsBoolean()) {
                return false;
            }
        }
        return true;
    }

    /** The names of what is missing; empty when ready. */
    public List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (draining) {
            missing.add("draining");
        }
        for (Condition condition : conditions) {
            if (!condition.holds().getAsBoolean()) {
                missing.add(condition.name());
            }
        }
        return missing;
    }
}
