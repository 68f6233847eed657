package dev.heddle.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The reader of the settings' sources: it gives one value for each key, with its source. */
final class SettingsReader {
    private static final Pattern PLACE = Pattern.compile("line \\d+, column \\d+");

    private final SettingsKeys keys;
    private final Map<String, GivenValue> given = new LinkedHashMap<>();

    private SettingsReader(SettingsKeys keys) {
        this.keys = keys;
    }

    /** The values by key; the last source's if several give one. */
    static Map<String, GivenValue> read(SettingsSources sources, SettingsKeys keys) {
        SettingsReader reader = new SettingsReader(keys);
        Path file = sources.file();
        if (file != null) {
            reader.file(file);
        }
        reader.environment(sources);
        sources.sets().forEach(reader::set);
        return reader.given;
    }

    private void file(Path file) {
        JsonNode tree;
        try {
            tree = SettingsFormat.YAML.readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new InvalidSettingException("file " + file + " is not YAML: " + inOneLine(e), e);
        } catch (NoSuchFileException e) {
            throw new InvalidSettingException("file " + file + " does not exist", e);
        } catch (IOException e) {
            throw new InvalidSettingException("file " + file + " cannot be read", e);
        }
        if (tree instanceof ObjectNode object) {
            branch("", object, "file " + file);
        } else if (!tree.isMissingNode() && !tree.isNull()) {
            throw new InvalidSettingException("file " + file + " does not hold keys and values");
        }
    }

    /**
     * A YAML error's message as one line. SnakeYAML writes places on lines below its messages; the last one is the
     * error's.
     */
    private static String inOneLine(JsonProcessingException e) {
        String text = e.getOriginalMessage();
        String words = text.lines().filter(line -> !line.startsWith(" ")).collect(Collectors.joining(": "));
        Matcher place = PLACE.matcher(text);
        String where = "";
        while (place.find()) {
            where = " (" + place.group() + ")";
        }
        return words + where;
    }

    private void branch(String prefix, ObjectNode branch, String source) {
        for (Map.Entry<String, JsonNode> field : branch.properties()) {
            String key = prefix.isEmpty() ? field.getKey() : prefix + "." + field.getKey();
            JsonNode value = field.getValue();
            boolean inner = keys.isBranch(key) || keys.isMap(key);
            if (inner && value instanceof ObjectNode object) {
                branch(key, object, source);
            } else if (!inner) {
                leaf(key, value, source);
            } else if (!isNothing(value)) {
                throw new InvalidSettingException("setting " + key + " in " + source + " is not a group of settings");
            }
        }
    }

    /** Puts the value of a key. A key without a value keeps the earlier one, but must exist. */
    private void leaf(String key, JsonNode value, String source) {
        if (!isNothing(value) || !keys.has(key)) {
            put(key, value, source);
        }
    }

    /** True if a key has no value, or if all keys of a group are commented out. */
    private static boolean isNothing(JsonNode value) {
        return value.isNull() || (value.isTextual() && value.textValue().isEmpty());
    }

    private void environment(SettingsSources sources) {
        new TreeMap<>(sources.environment()).forEach((name, value) -> {
            if (sources.isVariable(name)) {
                String key = keys.ofVariable(name.substring(sources.prefix().length()));
                if (key == null) {
                    throw new InvalidSettingException("no setting belongs to the environment variable " + name);
                }
                put(key, text(key, value), "environment variable " + name);
            }
        });
    }

    private void set(String assignment) {
        int equals = assignment.indexOf('=');
        if (equals < 1) {
            throw new InvalidSettingException("--set " + assignment + " is not of the form key=value");
        }
        String key = assignment.substring(0, equals).strip();
        put(key, text(key, assignment.substring(equals + 1)), "--set");
    }

    private void put(String key, JsonNode value, String source) {
        if (!keys.has(key) || keys.isMap(key)) {
            throw new InvalidSettingException("no setting " + key + " (" + source + ")");
        }
        given.put(key, new GivenValue(value, source));
    }

    /** The value of a text; a list's items are separated by commas. */
    private JsonNode text(String key, String value) {
        if (!keys.isList(key)) {
            return TextNode.valueOf(value);
        }
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (String item : value.split(",", -1)) {
            if (!item.isBlank()) {
                list.add(item.strip());
            }
        }
        return list;
    }
}
