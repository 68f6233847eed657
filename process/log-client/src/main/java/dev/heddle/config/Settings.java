package dev.heddle.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The loader of a role's record tree: from its defaults, then a YAML file, the environment and {@code --set}, where a
 * later source replaces an earlier one. The records check their values in their compact constructors, by
 * {@link IllegalArgumentException}.
 */
public final class Settings {
    private static final String HIDDEN = "(hidden)";
    private static final Pattern COUNT = Pattern.compile("-?\\d+");

    private Settings() {}

    /**
     * Loads the effective settings.
     *
     * @throws InvalidSettingException that names the key and its source: no such key, a value that does not fit, a file
     *     that cannot be read
     */
    public static <T extends Record> T load(Class<T> type, T defaults, SettingsSources sources) {
        ObjectNode tree = SettingsFormat.tree(defaults);
        SettingsKeys keys = SettingsKeys.of(type);
        Map<String, GivenValue> given = SettingsReader.read(sources, keys);
        given.forEach((key, value) -> put(tree, keys.path(key), keys.isBytes(key) ? bytes(key, value) : value.value()));
        try {
            return SettingsFormat.JSON.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            throw new InvalidSettingException(message(e, given), e);
        }
    }

    /**
     * A copy of the settings with some values changed.
     *
     * @param changes of the form {@code key.path=value}
     * @throws InvalidSettingException if there is no such key, or a value does not fit
     */
    public static <T extends Record> T with(T settings, String... changes) {
        @SuppressWarnings("unchecked")
        Class<T> type = (Class<T>) settings.getClass();
        return load(type, settings, SettingsSources.only("", changes));
    }

    /** The settings as YAML, as {@code heddle config ROLE} prints them. Secrets among Kafka's properties are hidden. */
    public static String describe(Record effective) {
        ObjectNode tree = readable(effective);
        hideSecrets(tree);
        try {
            return SettingsFormat.YAML.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    /**
     * Every setting of a role with its present value, in the order of its records. Secrets among Kafka's properties are
     * hidden.
     */
    public static List<Setting> list(String role, Record effective) {
        ObjectNode tree = readable(effective);
        hideSecrets(tree);
        SettingsKeys keys = SettingsKeys.of(effective.getClass());
        List<Setting> settings = new ArrayList<>();
        for (String key : keys.leaves()) {
            JsonNode value = tree.at("/" + key.replace('.', '/'));
            String text = text(value);
            settings.add(new Setting(
                    key, SettingsSources.only(role).prefix() + SettingsKeys.variable(key), text, keys.owner(key)));
        }
        return List.copyOf(settings);
    }

    /** The value in the form that {@code --set} takes. */
    private static String text(JsonNode value) {
        if (value.isArray()) {
            return value.valueStream().map(JsonNode::asText).collect(Collectors.joining(","));
        }
        return value.isNull() ? "" : value.isValueNode() ? value.asText() : value.toString();
    }

    /** The settings as a tree, with sizes as {@link ByteSize} text. */
    private static ObjectNode readable(Record effective) {
        ObjectNode tree = SettingsFormat.tree(effective);
        SettingsKeys keys = SettingsKeys.of(effective.getClass());
        for (String key : keys.leaves()) {
            if (keys.isBytes(key)) {
                JsonNode count = tree.at("/" + key.replace('.', '/'));
                put(tree, keys.path(key), TextNode.valueOf(new ByteSize(count.longValue()).toString()));
            }
        }
        return tree;
    }

    /** Reads a number of bytes, which is either a plain number or {@link ByteSize} text. */
    private static JsonNode bytes(String key, GivenValue given) {
        String text = given.value().asText().strip();
        if (!given.value().isTextual() || COUNT.matcher(text).matches()) {
            return given.value();
        }
        try {
            return LongNode.valueOf(ByteSize.of(text).bytes());
        } catch (IllegalArgumentException e) {
            throw new InvalidSettingException(
                    "setting " + key + ": " + e.getMessage() + " (" + key + " from " + given.source() + ")", e);
        }
    }

    private static void put(ObjectNode tree, List<String> path, JsonNode value) {
        ObjectNode at = tree;
        for (String name : path.subList(0, path.size() - 1)) {
            at = at.get(name) instanceof ObjectNode inner ? inner : at.putObject(name);
        }
        at.set(path.get(path.size() - 1), value);
    }

    private static void hideSecrets(ObjectNode tree) {
        for (Map.Entry<String, JsonNode> field : tree.properties()) {
            String name = field.getKey();
            if (field.getValue() instanceof ObjectNode inner) {
                hideSecrets(inner);
            } else if (name.endsWith(".password") || name.endsWith("jaas.config") || name.endsWith(".key")) {
                field.setValue(TextNode.valueOf(HIDDEN));
            }
        }
    }

    /** The words for a value that does not fit its Java type, instead of Jackson's. */
    private static String misfit(InvalidFormatException e) {
        Class<?> wanted = e.getTargetType();
        String kind = wanted == int.class || wanted == long.class
                ? "a whole number"
                : wanted == double.class ? "a number" : wanted == boolean.class ? "true or false" : null;
        if (kind == null && wanted.isEnum()) {
            kind = "one of "
                    + Arrays.stream(wanted.getEnumConstants())
                            .map(String::valueOf)
                            .collect(Collectors.joining(", "));
        }
        return kind == null ? e.getOriginalMessage() : "must be " + kind + ", not " + e.getValue();
    }

    private static String message(JsonProcessingException e, Map<String, GivenValue> given) {
        String key = e instanceof JsonMappingException mapping
                ? mapping.getPath().stream()
                        .map(part -> part.getFieldName() == null ? "[" + part.getIndex() + "]" : part.getFieldName())
                        .collect(Collectors.joining("."))
                : "";
        Throwable cause = e.getCause() instanceof IllegalArgumentException refusal ? refusal : e;
        String what = e instanceof InvalidFormatException format
                ? misfit(format)
                : cause == e ? e.getOriginalMessage() : cause.getMessage();
        String sources = given.entrySet().stream()
                .filter(entry -> key.isEmpty()
                        || entry.getKey().equals(key)
                        || entry.getKey().startsWith(key + "."))
                .map(entry -> entry.getKey() + " from " + entry.getValue().source())
                .collect(Collectors.joining(", "));
        return "setting" + (key.isEmpty() ? "s" : " " + key) + ": " + what
                + (sources.isEmpty() ? "" : " (" + sources + ")");
    }
}
