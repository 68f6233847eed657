package dev.heddle.local.docs;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the sources say of records' components: the {@code @param} lines of their Javadoc, which is the one place for
 * it.
 */
final class ComponentTexts {
    /** A text ends where the next tag begins, which unlike an inline one has a space before it. */
    private static final Pattern PARAM = Pattern.compile("@param\\s+(\\w+)\\s+(.*?)(?=\\s@\\w|$)");

    private final SourceTree sources;
    private final Map<Class<?>, Map<String, String>> known = new HashMap<>();

    ComponentTexts(SourceTree sources) {
        this.sources = sources;
    }

    /** A component's meaning in Markdown; empty if its record's Javadoc has none. */
    String of(Class<?> record, String component) {
        return known.computeIfAbsent(record, this::read).getOrDefault(component, "");
    }

    private Map<String, String> read(Class<?> record) {
        Matcher params =
                PARAM.matcher(javadoc(record).replaceAll("\\R\\s*\\*\\s?", " ").strip());
        Map<String, String> texts = new HashMap<>();
        while (params.find()) {
            texts.put(params.group(1), markdown(params.group(2)));
        }
        return texts;
    }

    /** The comment that ends just before the record's head. */
    private String javadoc(Class<?> record) {
        String source = sources.source(record);
        Matcher head = Pattern.compile("(?m)^\\s*(?:public |static )*record " + record.getSimpleName() + "\\(")
                .matcher(source);
        if (!head.find()) {
            throw new AssertionError("no head of record " + record + " in its source");
        }
        String before = source.substring(0, head.start()).stripTrailing();
        return before.endsWith("*/") ? before.substring(before.lastIndexOf("/**"), before.length() - 2) : "";
    }

    private static String markdown(String javadoc) {
        return javadoc.replaceAll("\\{@code ([^}]*)}", "`$1`")
                .replaceAll("\\{@link #?([^}]*)}", "`$1`")
                .replaceAll("\\s+", " ")
                .replace("|", "\\|")
                .strip();
    }
}
