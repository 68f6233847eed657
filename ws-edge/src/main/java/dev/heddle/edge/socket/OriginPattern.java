package dev.heddle.edge.socket;

import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code http.allowedOrigins}: an origin ({@code https://app.example.com}, {@code capacitor://localhost}),
 * the origins of all names below one ({@code https://*.example.com}), or {@code null}, the opaque origin that a browser
 * sends for a page from a file or in a sandbox.
 */
sealed interface OriginPattern {

    /** The header of a page without an origin of its own. */
    String OPAQUE = "null";

    /** The text before the name whose subdomains are meant. */
    String WILDCARD = "://*.";

    /**
     * True if the entry allows this origin.
     *
     * @param origin the origin of a request, or null for the opaque one
     */
    boolean matches(@Nullable Origin origin);

    /** One origin; null for the opaque one. */
    record Exact(@Nullable Origin allowed) implements OriginPattern {
        @Override
        public boolean matches(@Nullable Origin origin) {
            return allowed == null ? origin == null : allowed.equals(origin);
        }
    }

    /** All names below one host, with its scheme and port. */
    record Subdomains(Origin apex) implements OriginPattern {
        @Override
        public boolean matches(@Nullable Origin origin) {
            return origin != null
                    && origin.scheme().equals(apex.scheme())
                    && origin.port() == apex.port()
                    && origin.host().endsWith("." + apex.host());
        }
    }

    /**
     * Reads an entry.
     *
     * @throws IllegalArgumentException naming the entry, if no browser sends such an origin
     */
    static OriginPattern of(String entry) {
        if (entry.equals(OPAQUE)) {
            return new Exact(null);
        }
        int star = entry.indexOf(WILDCARD);
        if (star < 0) {
            return new Exact(Origin.ofEntry(entry, entry));
        }
        Origin apex =
                Origin.ofEntry(entry, entry.substring(0, star) + "://" + entry.substring(star + WILDCARD.length()));
        requireWideEnough(entry, apex);
        return new Subdomains(apex);
    }

    /**
     * Refuses a name of one label, such as {@code com}, below which everybody can have a name, and an address, which
     * has no names below it.
     */
    private static void requireWideEnough(String entry, Origin apex) {
        boolean name = !apex.host().startsWith("[") && !NetUtil.isValidIpV4Address(apex.host());
        if (!name || (apex.host().indexOf('.') < 0 && !apex.host().equals("localhost"))) {
            throw new IllegalArgumentException("http.allowedOrigins: '" + entry
                    + "' must name at least two labels after the star, as https://*.example.com");
        }
    }
}
