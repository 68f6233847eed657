package dev.heddle.local.docs;

import dev.heddle.config.Setting;
import dev.heddle.config.Settings;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** {@code docs/configuration.md}: every key of every role. */
final class ConfigurationPage {
    private static final String HEAD = """
            # Configuration

            <!-- Generated from the code: change the @param lines of the configuration records, then run what the test says. -->

            Each role has one tree of settings. A value comes from, the later over the earlier: the default, a YAML file
            (`--config FILE`), the environment, `--set key=value` (may be repeated). A key that does not exist is an error that names
            it. `heddle config ROLE` prints what would hold, with the same options. `tools` are the commands that ask or change Kafka and run no role (`topics`, `agents`, `revoke`, `publish`). `langchain4j` is no command of its own: its settings come from the
            environment of an executor.

            In YAML, the dots of a key are levels. Durations are written `500ms`, `10s`, `5m`, `24h`, `7d`, or as ISO 8601 has it; sizes
            `512B`, `64KiB`, `64MiB`, `2GiB`; lists, in the environment and in `--set`, with commas. Secrets are files, never values.
            """;

    private final ComponentTexts texts;

    ConfigurationPage(ComponentTexts texts) {
        this.texts = texts;
    }

    String render(Map<String, Record> roles) {
        StringBuilder page = new StringBuilder(HEAD);
        roles.forEach((role, defaults) -> {
            page.append("\n## `").append(role).append("`\n");
            groups(role, defaults).forEach((group, settings) -> {
                page.append("\n### ").append(group).append("\n\n");
                page.append(sentence(groupMeaning(defaults.getClass(), group))).append("\n\n");
                page.append("| Key | Default | Variable | Meaning |\n|---|---|---|---|\n");
                settings.forEach(setting -> page.append(line(setting)));
            });
        });
        return page.toString();
    }

    /** The keys, groups included, of which the sources do not say what they mean. */
    List<String> withoutMeaning(Map<String, Record> roles) {
        return roles.entrySet().stream()
                .flatMap(role -> groups(role.getKey(), role.getValue()).entrySet().stream()
                        .flatMap(group -> Stream.concat(
                                Stream.of(group.getKey()).filter(key -> groupMeaning(
                                                role.getValue().getClass(), key)
                                        .isEmpty()),
                                group.getValue().stream()
                                        .filter(setting -> meaning(setting).isEmpty())
                                        .map(Setting::key)))
                        .map(key -> role.getKey() + ": " + key))
                .toList();
    }

    private static Map<String, List<Setting>> groups(String role, Record defaults) {
        Map<String, List<Setting>> groups = new LinkedHashMap<>();
        for (Setting setting : Settings.list(role, defaults)) {
            int end = setting.key().lastIndexOf('.');
            String group = end < 0 ? "" : setting.key().substring(0, end);
            groups.computeIfAbsent(group, key -> new ArrayList<>()).add(setting);
        }
        return groups;
    }

    private String groupMeaning(Class<?> root, String group) {
        Class<?> owner = root;
        String meaning = "";
        for (String name : group.split("\\.", -1)) {
            meaning = texts.of(owner, name);
            owner = component(owner, name).getType();
        }
        return meaning;
    }

    private static RecordComponent component(Class<?> record, String name) {
        return Arrays.stream(record.getRecordComponents())
                .filter(component -> component.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private String meaning(Setting setting) {
        return texts.of(setting.owner(), setting.name());
    }

    private String line(Setting setting) {
        boolean open = component(setting.owner(), setting.name()).getType() == Map.class;
        String value = setting.value().isEmpty() || open ? "" : "`" + setting.value() + "`";
        return "| `" + setting.key() + (open ? ".…" : "") + "` | " + value + " | `" + setting.variable()
                + (open ? "_…" : "") + "` | " + meaning(setting) + " |\n";
    }

    private static String sentence(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }
}
