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
 * The keys that a record tree has. A leaf is a component that is no record; a map is open below its own key, since the
 * keys of Kafka's properties are Kafka's.
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

    /**
     * True if the value is a plain number of bytes, which is written as a {@link ByteSize} is: a number called
     * {@code …Bytes}.
     */
    boolean isBytes(String key) {
        Type type = leaves.get(key);
        return key.endsWith("Bytes") && (type == int.class || type == long.class);
    }

    /** The keys that stand for values, in the order of the records. */
    Set<String> leaves() {
        return Collections.unmodifiableSet(leaves.keySet());
    }

    /** The record whose component a leaf is. */
    Class<?> owner(String leaf) {
        return Objects.requireNonNull(owners.get(leaf), leaf);
    }

    /** True if a value can be given under this key. */
    boolean has(String key) {
        return isLeaf(key) || mapOf(key) != null;
    }

    /** The key's names from the root; what is below a map is one name, dots and all. */
    List<String> path(String key) {
        String map = mapOf(key);
        if (map == null) {
            return List.of(key.split("\\.", -1));
        }
        List<String> path = new ArrayList<>(List.of(map.split("\\.", -1)));
        path.add(key.substring(map.length() + 1));
        return path;
    }

    /** The map that the key lies in, if any. */
    private @Nullable String mapOf(String key) {
        for (String leaf : leaves.keySet()) {
            if (isMap(leaf) && key.startsWith(leaf + ".") && key.length() > leaf.length() + 1) {
                return leaf;
            }
        }
        return null;
    }

    /** The key that a variable's name, without its prefix, stands for, or null. */
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

    /** {@code a.bC} as {@code A_B_C}. */
    static String variable(String key) {
        return key.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replace('.', '_').toUpperCase(Locale.ROOT);
    }
}
