package dev.heddle.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a record tree. A leaf is a component that is no record. A map takes any key below its own, since it holds
 * Kafka's properties.
 */
final class SettingsKeys {
    private static final String NONE = "";

    private final Map<String, Type> leaves = new LinkedHashMap<>();
    private final Map<String, Class<?>> owners = new LinkedHashMap<>();

    private SettingsKeys() {}

    static SettingsKeys of(Class<?> record) {
        SettingsKeys keys = new SettingsKeys();
        keys.collect(NONE, record);
        return keys;
    }

    private void collect(String prefix, Class<?> record) {
        for (RecordComponent component : record.getRecordComponents()) {
            String key = prefix.isEmpty() ? component.getName() : prefix + "." + component.getName();
            Class<?> type = component.getType();
            if (type.isRecord() && type != ByteSize.class) {
                collect(key, type);
            } else {
                leaves.put(key, component.getGenericType());
                owners.put(key, record);
            }
        }
    }

    boolean isLeaf(String key) {
        return leaves.containsKey(key);
    }

    /** True if there are keys below this one. */
    boolean isBranch(String key) {
        return leaves.keySet().stream().anyMatch(leaf -> leaf.startsWith(key + "."));
    }

    boolean isMap(String key) {
        return leaves.get(key) instanceof ParameterizedType type && type.getRawType() == Map.class;
    }

    boolean isList(String key) {
        return leaves.get(key) instanceof ParameterizedType type && type.getRawType() == List.class;
    }

    /** True if the value is a number of bytes, written as a {@link ByteSize}: an int or long called {@code …Bytes}. */
    boolean isBytes(String key) {
        Type type = leaves.get(key);
        return key.endsWith("Bytes") && (type == int.class || type == long.class);
    }

    /** The keys of values, in the order of the records. */
    Set<String> leaves() {
        return Collections.unmodifiableSet(leaves.keySet());
    }

    /** The record that declares a leaf. */
    Class<?> owner(String leaf) {
        return Objects.requireNonNull(owners.get(leaf), leaf);
    }

    /** True if this key takes a value. */
    boolean has(String key) {
        return isLeaf(key) || mapOf(key) != null;
    }

    /** The key's names from the root; the part below a map is one name, dots included. */
    List<String> path(String key) {
        String map = mapOf(key);
        if (map == null) {
            return List.of(key.split("\\.", -1));
        }
        List<String> path = new ArrayList<>(List.of(map.split("\\.", -1)));
        path.add(key.substring(map.length() + 1));
        return path;
    }

    /** The key of the map that contains this key; null if there is none. */
    private @Nullable String mapOf(String key) {
        for (String leaf : leaves.keySet()) {
            if (isMap(leaf) && key.startsWith(leaf + ".") && key.length() > leaf.length() + 1) {
                return leaf;
            }
        }
        return null;
    }

    /** The key of a variable's name without its prefix; null if there is none. */
    @Nullable
    String ofVariable(String name) {
        for (String leaf : leaves.keySet()) {
            String variable = variable(leaf);
            if (variable.equals(name)) {
                return leaf;
            }
            if (isMap(leaf) && name.startsWith(variable + "_") && name.length() > variable.length() + 1) {
                String below = name.substring(variable.length() + 1);
                return leaf + "." + below.toLowerCase(Locale.ROOT).replace('_', '.');
            }
        }
        return null;
    }

    /** The variable's name of a key: {@code A_B_C} for {@code a.bC}. */
    static String variable(String key) {
        return key.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replace('.', '_').toUpperCase(Locale.ROOT);
    }
}
