package dev.heddle.role;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The readiness of a role for clients: all conditions hold, and the role is not draining. Any thread. */
public final class Readiness {

    private volatile List<Condition> conditions;
    private volatile boolean draining;

    /**
     * One condition of readiness.
     *
     * @param name the reason that an operator reads while the condition does not hold
     */
    public record Condition(String name, BooleanSupplier holds) {}

    public Readiness(List<Condition> conditions) {
        this.conditions = List.copyOf(conditions);
    }

    /** Adds conditions. For one thread: the one that starts the role. */
    public void require(List<Condition> more) {
        List<Condition> all = new ArrayList<>(conditions);
        all.addAll(more);
        conditions = List.copyOf(all);
    }

    /** Makes the role unready for good. */
    public void drain() {
        draining = true;
    }

    /** True once the role is draining. */
    public boolean isDraining() {
        return draining;
    }

    /** True if all conditions hold and the role is not draining. */
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

    /** The names of the conditions that do not hold; empty when ready. */
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
