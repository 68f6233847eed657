package dev.heddle.edge.protocol;

import dev.heddle.edge.hub.StartRequest;
import dev.heddle.edge.hub.Subscription;
import dev.heddle.edge.hub.TypeFilter;
import dev.heddle.event.InstantText;
import java.time.DateTimeException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of {@code GET /v1/stream}.
 *
 * @param start where to begin; a cursor beats {@code from} and is not looked into here: one that is garbage or over 256
 *     bytes is answered by a reset in {@code hello}, never by a refusal, or a client that stored it could not come back
 * @param subscription the wanted part of the user's events and its form
 * @param agents true if the client also wants the status of the agents on offer
 */
public record StreamRequest(StartRequest start, Subscription subscription, Agents agents) {
    /** The wish for {@code agents} frames. */
    public enum Agents {
        WANTED,
        NOT_WANTED
    }

    private static final Set<String> NAMES =
            Set.of("cursor", "from", "thread", "types", "fold", "snapshot", "agents", "p");
    private static final int MAX_THREAD_LENGTH = 1024;
    private static final Set<String> SWITCHES = Set.of("fold", "snapshot", "agents");
    private static final Set<String> SWITCH = Set.of("true", "false");
    private static final Pattern LAST = Pattern.compile("last:([0-9]{1,9})");
    private static final Pattern HINT = Pattern.compile("[0-9]{1,9}");

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
        TypeFilter types = types(values.get("types"));
        if (types == null) {
            return new Parsed.Bad("types");
        }
        if (values.containsKey("p") && !HINT.matcher(values.get("p")).matches()) {
            return new Parsed.Bad("p");
        }
        String cursor = values.get("cursor");
        StartRequest start = cursor == null ? from : new StartRequest.AtCursor(cursor);
        for (String name : SWITCHES) {
            if (!SWITCH.contains(values.getOrDefault(name, "true"))) {
                return new Parsed.Bad(name);
            }
        }
        Set<Subscription.Option> options = EnumSet.noneOf(Subscription.Option.class);
        if (isOn(values, "fold", "false")) {
            options.add(Subscription.Option.FOLD);
        }
        if (isOn(values, "snapshot", "true")) {
            options.add(Subscription.Option.SNAPSHOT);
        }
        Agents agents = isOn(values, "agents", "false") ? Agents.WANTED : Agents.NOT_WANTED;
        return new Parsed.Understood(new StreamRequest(start, new Subscription(thread, null, types, options), agents));
    }

    private static boolean isOn(Map<String, String> values, String name, String otherwise) {
        return values.getOrDefault(name, otherwise).equals("true");
    }

    private static @Nullable TypeFilter types(@Nullable String text) {
        try {
            return text == null ? TypeFilter.ALL : TypeFilter.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
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
            // The plus of an offset or a year is often written as it is, and then stands for a space in a query.
            return new StartRequest.At(InstantText.parse(text.replace(' ', '+')));
        } catch (DateTimeException e) {
            return null;
        }
    }
}
