package dev.heddle.edge.protocol;

import dev.heddle.edge.hub.StartRequest;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for in the query of {@code GET /v1/stream}.
 *
 * @param start where to begin; a cursor beats {@code from} and is not looked into here: one that is garbage or over 256 bytes is
 *     answered by a reset in {@code hello}, never by a refusal, or a client that stored it could not come back
 * @param filter what of the user's events is wanted
 * @param options what else the connection wants
 */
public record StreamRequest(StartRequest start, Filter filter, Options options) {

    private static final Set<String> NAMES =
            Set.of("cursor", "from", "thread", "types", "fold", "snapshot", "agents", "p");
    private static final int MAX_THREAD_LENGTH = 1024;
    private static final int MAX_TYPES = 64;
    private static final Pattern TYPE = Pattern.compile("(?:[A-Z][A-Z0-9_]{0,63})?\\*?");
    private static final Pattern LAST = Pattern.compile("last:([0-9]{1,9})");
    private static final Pattern HINT = Pattern.compile("[0-9]{1,9}");

    /**
     * The wanted part of the user's events.
     *
     * @param thread only this thread, or null for all
     * @param types patterns of AG-UI types, {@code *} at the end allowed; empty for all
     */
    public record Filter(@Nullable String thread, List<String> types) {
        public Filter {
            types = List.copyOf(types);
        }
    }

    /** Switches of the connection that a client may set. */
    public enum Option {
        FOLD,
        SNAPSHOT,
        AGENTS
    }

    /** The switches that are on. */
    public record Options(Set<Option> on) {
        public Options {
            on = Set.copyOf(on);
        }

        /** Whether the switch is on. */
        public boolean has(Option option) {
            return on.contains(option);
        }
    }

    /** A request that could be read, or the reason why not. */
    public sealed interface Parsed {
        record Understood(StreamRequest request) implements Parsed {}

        /** Names the parameter, never its value. */
        record Bad(String parameter) implements Parsed {}
    }

    /** Reads the query: a bad or repeated value of a known parameter is refused, unknown parameters are ignored. */
    public static Parsed parse(Query query) {
        Map<String, String> values = new HashMap<>();
        for (Query.Parameter parameter : query.parameters()) {
            String name = parameter.name();
            if (name != null && NAMES.contains(name)) {
                if (parameter.value() == null || values.put(name, parameter.value()) != null) {
                    return new Parsed.Bad(name);
                }
            }
        }
        return read(values);
    }

    private static Parsed read(Map<String, String> values) {
        StartRequest from = from(values.getOrDefault("from", "latest"));
        if (from == null) {
            return new Parsed.Bad("from");
        }
        String thread = values.get("thread");
        if (thread != null && (thread.isEmpty() || thread.length() > MAX_THREAD_LENGTH)) {
            return new Parsed.Bad("thread");
        }
        List<String> types =
                values.containsKey("types") ? List.of(values.get("types").split(",", -1)) : List.of();
        if (types.size() > MAX_TYPES
                || !types.stream()
                        .allMatch(type -> !type.isEmpty() && TYPE.matcher(type).matches())) {
            return new Parsed.Bad("types");
        }
        if (values.containsKey("p") && !HINT.matcher(values.get("p")).matches()) {
            return new Parsed.Bad("p");
        }
        String cursor = values.get("cursor");
        StartRequest start = cursor == null ? from : new StartRequest.AtCursor(cursor);
        return switches(values, new StreamRequest(start, new Filter(thread, types), new Options(Set.of())));
    }

    private static Parsed switches(Map<String, String> values, StreamRequest request) {
        Map<String, Option> names = Map.of("fold", Option.FOLD, "snapshot", Option.SNAPSHOT, "agents", Option.AGENTS);
        Set<Option> on = new HashSet<>();
        for (Map.Entry<String, Option> name : names.entrySet()) {
            String value = values.getOrDefault(name.getKey(), name.getValue() == Option.SNAPSHOT ? "true" : "false");
            if (value.equals("true")) {
                on.add(name.getValue());
            } else if (!value.equals("false")) {
                return new Parsed.Bad(name.getKey());
            }
        }
        return new Parsed.Understood(new StreamRequest(request.start(), request.filter(), new Options(on)));
    }

    private static @Nullable StartRequest from(String text) {
        if (text.equals("latest")) {
            return new StartRequest.Latest();
        } else if (text.equals("earliest")) {
            return new StartRequest.Earliest();
        }
        var last = LAST.matcher(text);
        if (last.matches()) {
            int count = Integer.parseInt(last.group(1));
            return count > 0 && count <= StartRequest.Last.MAX ? new StartRequest.Last(count) : null;
        }
        try {
            return new StartRequest.At(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return null;
        }
    }
}
