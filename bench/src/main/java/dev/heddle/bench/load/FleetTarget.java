package dev.heddle.bench.load;

import java.net.InetSocketAddress;
import java.util.function.Function;

/**
 * The address that a fleet connects to, and the handshake requests that it sends.
 *
 * @param request the path, the query and further header lines of a connection's request: everything that is not the
 *     same for every WebSocket
 */
public record FleetTarget(InetSocketAddress address, Function<FleetConnection, Request> request) {
    /** The request of one connection; {@code headers} is empty or ends with CRLF. */
    public record Request(String path, String headers) {}

    byte[] bytesFor(FleetConnection connection) {
        Request asked = request.apply(connection);
        String text = "GET " + asked.path() + " HTTP/1.1\r\n"
                + "Host: " + address.getHostString() + ":" + address.getPort() + "\r\n"
                + "Upgrade: websocket\r\n"
                + "Connection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + asked.headers()
                + "\r\n";
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }
}
