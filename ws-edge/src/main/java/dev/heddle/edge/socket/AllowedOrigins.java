package dev.heddle.edge.socket;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The origins whose pages may use the edge from a browser. Without configured ones it is the edge's public address, or,
 * without that too, the addresses of the edge on its own machine; never the request's own Host. Any thread.
 */
final class AllowedOrigins {

    private final List<OriginPattern> patterns;
    private final HttpConfig http;

    AllowedOrigins(HttpConfig http) {
        this.http = http;
        Origin publicOrigin = http.publicUrl() == null ? null : Origin.ofUrl(http.publicUrl());
        this.patterns = !http.allowedOrigins().isEmpty()
                ? http.allowedOrigins().stream().map(OriginPattern::of).toList()
                : publicOrigin != null ? List.of(new OriginPattern.Exact(publicOrigin)) : List.of();
    }

    /**
     * True if pages of this origin may use the edge.
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
        boolean opaque = headers.get(0).equals(OriginPattern.OPAQUE);
        Origin origin = opaque ? null : Origin.parse(headers.get(0));
        if (origin == null && !opaque) {
            return false;
        }
        return patterns.isEmpty()
                ? origin != null && ownOrigins(port).contains(origin)
                : patterns.stream().anyMatch(pattern -> pattern.matches(origin));
    }

    /** The edge's addresses on its own machine, and the name that it listens on. */
    private Set<Origin> ownOrigins(int port) {
        String scheme = http.tls().serves() ? "https" : "http";
        String host = http.host().indexOf(':') >= 0 ? "[" + http.host() + "]" : http.host();
        return Stream.of("127.0.0.1", "localhost", "[::1]", host)
                .flatMap(name -> Optional.ofNullable(Origin.parse(scheme + "://" + name + ":" + port)).stream())
                .collect(Collectors.toSet());
    }
}
