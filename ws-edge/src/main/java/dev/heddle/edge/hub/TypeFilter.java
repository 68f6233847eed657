package dev.heddle.edge.hub;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** A filter of AG-UI types: full names, and beginnings of names. Immutable. */
public final class TypeFilter {
    /** The most patterns that one filter has. */
    public static final int MAX_PATTERNS = 64;

    /** Admits every type. */
    public static final TypeFilter ALL = new TypeFilter(Set.of(), List.of(""));

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_.:-]{1,64}\\*?|\\*");

    private final Set<String> names;
    private final List<String> beginnings;

    private TypeFilter(Set<String> names, List<String> beginnings) {
        this.names = names;
        this.beginnings = beginnings;
    }

    /**
     * A filter from its text form: types separated by commas; an asterisk at the end of one makes it the beginning of
     * types.
     *
     * @throws IllegalArgumentException that names an invalid pattern
     */
    public static TypeFilter parse(String text) {
        List<String> patterns = Arrays.asList(text.split(",", -1));
        if (patterns.size() > MAX_PATTERNS) {
            throw new IllegalArgumentException("types takes at most " + MAX_PATTERNS + " patterns");
        }
        Set<String> names = new HashSet<>();
        Set<String> beginnings = new HashSet<>();
        for (String pattern : patterns) {
            if (!FORM.matcher(pattern).matches()) {
                throw new IllegalArgumentException("not a type: '" + pattern + "'");
            }
            if (pattern.endsWith("*")) {
                beginnings.add(pattern.substring(0, pattern.length() - 1));
            } else {
                names.add(pattern);
            }
        }
        return new TypeFilter(Set.copyOf(names), List.copyOf(beginnings));
    }

    boolean isAll() {
        return beginnings.contains("");
    }

    boolean admits(String type) {
        if (names.contains(type)) {
            return true;
        }
        for (String beginning : beginnings) {
            if (type.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }
}
