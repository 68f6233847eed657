package dev.heddle.edge.socket;

import io.vertx.core.MultiMap;
import java.util.List;

/** What of the handshake only this package sees, for the fuzzing of it. */
public final class HandshakeFuzz {

    private static final ClientAddress ADDRESSES = new ClientAddress(List.of("10.0.0.0/8", "::1"));

    private HandshakeFuzz() {}

    /** Reads subprotocols, authorization, origin and forwarding, each as far as it is given. */
    public static void headers(String[] values) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        String[] names = {"Sec-WebSocket-Protocol", "Authorization", "Origin", "X-Forwarded-For"};
        for (int i = 0; i < values.length; i++) {
            headers.add(names[i], values[i]);
        }
        OfferedSubprotocols offer = OfferedSubprotocols.of(headers);
        for (String token : offer.tokens()) {
            if (!token.isEmpty() && offer.toString().contains(token) && token.length() > 20) {
                throw new AssertionError("it shows a token");
            }
        }
        Origin unused = Origin.parse(String.valueOf(headers.get("Origin")));
        ADDRESSES.of("10.0.0.1", headers.getAll("X-Forwarded-For"));
    }
}
