package dev.heddle.edge.socket;

import io.netty.util.NetUtil;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which pages may use the edge from a browser: what an {@code Origin} header may be. An entry is an origin
 * ({@code https://app.example.com}, {@code capacitor://localhost}), the origins of all names below one
 * ({@code https://*.example.com}), or {@code null}, which is what a browser says of a page from a file or in a sandbox.
 * Without entries it is the edge's public address, or, without that too, what the edge can be called from the same
 * machine; never the request's own Host. Any thread.
 */
final class AllowedOrigins {

    private static final String NULL = "null";
    private static final String WILDCARD = "://*.";

    private final Set<String> exact = new HashSet<>();
    private final Set<Below> below = new HashSet<>();
    private final @Nullable HttpConfig ownOf;

    /** All names below one's host, with its scheme and port. */
    private record Below(Origin apex) {
        boolean holds(Origin origin) {
            return origin.scheme().equals(apex.scheme())
                    && origin.port() == apex.port()
                    && origin.host().endsWith("." + apex.host());
        }
    }

    AllowedOrigins(HttpConfig http) {
        for (String entry : http.allowedOrigins()) {
            add(entry);
        }
        Origin publicOrigin = http.publicUrl() == null ? null : Origin.ofUrl(http.publicUrl());
        if (http.allowedOrigins().isEmpty() && publicOrigin != null) {
            exact.add(publicOrigin.text());
        }
        this.ownOf = exact.isEmpty() && below.isEmpty() ? http : null;
    }

    private void add(String entry) {
        if (entry.equals(NULL)) {
            exact.add(NULL);
        } else if (isWildcard(entry)) {
            below.add(new Below(apex(entry)));
        } else {
            exact.add(Origin.ofEntry(entry, entry).text());
        }
    }

    /** @throws IllegalArgumentException naming the entry that is no origin of a browser */
    static void check(List<String> entries) {
        for (String entry : entries) {
            if (isWildcard(entry)) {
                requireWideEnough(entry, apex(entry));
            } else if (!entry.equals(NULL)) {
                Origin unused = Origin.ofEntry(entry, entry);
            }
        }
    }

    private static boolean isWildcard(String entry) {
        return entry.contains(WILDCARD);
    }

    private static Origin apex(String entry) {
        int star = entry.indexOf(WILDCARD);
        return Origin.ofEntry(entry, entry.substring(0, star) + "://" + entry.substring(star + WILDCARD.length()));
    }

    /** Everybody can have a name below {@code com}, and an address has none. */
    private static void requireWideEnough(String entry, Origin apex) {
        boolean name = !apex.host().startsWith("[") && !NetUtil.isValidIpV4Address(apex.host());
        if (!name || (apex.host().indexOf('.') < 0 && !apex.host().equals("localhost"))) {
            throw new IllegalArgumentException("http.allowedOrigins: '" + entry
                    + "' must name at least two labels after the star, as https://*.example.com");
        }
    }

    /**
     * Whether pages of this origin may.
     *
     * @param headers the request's {@code Origin} headers; with none it is no page
     * @param port that the request came in on
     */
    boolean allow(List<String> headers, int port) {
        if (headers.isEmpty()) {
            return true;
        }
        if (headers.size() > 1) {
            return false;
        }
        if (headers.get(0).equals(NULL)) {
            return exact.contains(NULL);
        }
        Origin origin = Origin.parse(headers.get(0));
        if (origin == null) {
            return false;
        }
        HttpConfig own = ownOf;
        return own != null
                ? ownOrigins(own, port).contains(origin.text())
                : exact.contains(origin.text()) || below.stream().anyMatch(names -> names.holds(origin));
    }

    /** What the edge can be called from the same machine, or by the name it was told to listen on. */
    private static Set<String> ownOrigins(HttpConfig http, int port) {
        String scheme = http.tls().serves() ? "https" : "http";
        String host = http.host().indexOf(':') >= 0 ? "[" + http.host() + "]" : http.host();
        return Stream.of("127.0.0.1", "localhost", "[::1]", host)
                .flatMap(name -> Optional.ofNullable(Origin.parse(scheme + "://" + name + ":" + port)).stream())
                .map(Origin::text)
                .collect(Collectors.toSet());
    }
}
