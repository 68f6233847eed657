package dev.heddle.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sources of a role's settings beside its defaults: a YAML file, the environment, {@code --set}. A later one
 * replaces an earlier one.
 *
 * <p>A variable {@code HEDDLE_ROLE_A_B_C} sets the key that reads the same in upper case with underscores, such as
 * {@code a.bC}. An orchestrator that adds variables of that form by itself (Kubernetes' service links) must be
 * configured not to.
 *
 * @param role as on the command line: {@code edge}, {@code executor}, …
 * @param sets of the form {@code key.path=value}
 */
public record SettingsSources(String role, @Nullable Path file, Map<String, String> environment, List<String> sets) {
    public SettingsSources {
        environment = Map.copyOf(environment);
        sets = List.copyOf(sets);
    }

    /** The sources of a process: the file if given, its environment, and the sets. */
    public static SettingsSources of(String role, @Nullable Path file, List<String> sets) {
        return new SettingsSources(role, file, System.getenv(), sets);
    }

    /** True if the environment has a variable of the role. */
    public boolean hasVariables() {
        return environment.keySet().stream().anyMatch(this::isVariable);
    }

    boolean isVariable(String name) {
        return name.toUpperCase(Locale.ROOT).startsWith(prefix());
    }

    /** The prefix of the role's variables. */
    String prefix() {
        return "HEDDLE_" + SettingsKeys.variable(role).replace('-', '_') + "_";
    }

    /** Only these sets, without file and environment. */
    public static SettingsSources only(String role, String... sets) {
        return new SettingsSources(role, null, Map.of(), List.of(sets));
    }
}
