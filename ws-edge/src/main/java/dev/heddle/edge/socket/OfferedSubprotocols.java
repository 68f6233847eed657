package dev.heddle.edge.socket;

import dev.heddle.edge.protocol.ServerFrame;
import io.vertx.core.MultiMap;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The subprotocols and tokens in a request's headers; a token comes as a subprotocol or in {@code Authorization}.
 *
 * @param protocols the offered subprotocols that are not tokens
 * @param tokens the different tokens; exactly one is right
 */
record OfferedSubprotocols(Set<String> protocols, Set<String> tokens) {

    private static final String BEARER_PROTOCOL = "bearer.";
    private static final String BEARER_SCHEME = "bearer ";

    static OfferedSubprotocols of(MultiMap headers) {
        Set<String> protocols = new LinkedHashSet<>();
        Set<String> tokens = new LinkedHashSet<>();
        for (String header : headers.getAll("Sec-WebSocket-Protocol")) {
            for (String part : header.split(",", -1)) {
                String name = part.trim();
                if (name.startsWith(BEARER_PROTOCOL)) {
                    tokens.add(name.substring(BEARER_PROTOCOL.length()));
                } else if (!name.isEmpty()) {
                    protocols.add(name);
                }
            }
        }
        addBearers(headers, tokens);
        return new OfferedSubprotocols(protocols, tokens);
    }

    /** The tokens in {@code Authorization} only. */
    static OfferedSubprotocols ofAuthorization(MultiMap headers) {
        Set<String> tokens = new LinkedHashSet<>();
        addBearers(headers, tokens);
        return new OfferedSubprotocols(Set.of(), tokens);
    }

    private static void addBearers(MultiMap headers, Set<String> tokens) {
        for (String header : headers.getAll("Authorization")) {
            if (header.regionMatches(true, 0, BEARER_SCHEME, 0, BEARER_SCHEME.length())) {
                tokens.add(header.substring(BEARER_SCHEME.length()).trim());
            }
        }
    }

    /** True if the client offers our protocol, and so sees a close code. */
    boolean hasProtocol() {
        return protocols.contains(ServerFrame.PROTOCOL);
    }

    /** Never shows a token, not even one that the client has put among its protocols. */
    @Override
    public String toString() {
        return "OfferedSubprotocols[" + protocols.size() + " protocols, " + tokens.size() + " tokens]";
    }
}
