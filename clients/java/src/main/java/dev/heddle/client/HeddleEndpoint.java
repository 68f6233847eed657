package dev.heddle.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * The public address of a fleet of edges, and the way to it. Immutable.
 *
 * @param url the address, with or without TLS
 * @param http the client whose connections are used; its executor runs the listeners
 * @param timeout the longest time for a handshake or an answer
 * @param tokenTransport the place of the token in the handshake
 */
public record HeddleEndpoint(URI url, HttpClient http, Duration timeout, TokenTransport tokenTransport) {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** The place of the token in a handshake. */
    public enum TokenTransport {
        /** The header {@code Authorization}. */
        HEADER,
        /** A second offered subprotocol, as browsers send it: for proxies that remove the header. */
        SUBPROTOCOL
    }

    /** The endpoint at an address, with an HTTP client of its own and the token in the header. */
    public static HeddleEndpoint at(URI url) {
        return new HeddleEndpoint(url, HttpClient.newHttpClient(), TIMEOUT, TokenTransport.HEADER);
    }

    /** This endpoint through another HTTP client, say one that trusts other certificates. */
    public HeddleEndpoint through(HttpClient other) {
        return new HeddleEndpoint(url, other, timeout, tokenTransport);
    }

    /** This endpoint with another longest time for a handshake or an answer. */
    public HeddleEndpoint within(Duration other) {
        return new HeddleEndpoint(url, http, other, tokenTransport);
    }

    /** This endpoint with the token at another place of the handshake. */
    public HeddleEndpoint sending(TokenTransport other) {
        return new HeddleEndpoint(url, http, timeout, other);
    }

    /**
     * Opens a connection.
     *
     * @param query the place to begin and the filter
     * @param token the user's token
     * @return the open connection; frames may reach the listener before this is complete. After a failure the listener
     *     is not called
     */
    public CompletableFuture<HeddleConnection> connect(
            StreamQuery query, String token, HeddleConnection.Listener listener) {
        WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(timeout);
        if (tokenTransport == TokenTransport.HEADER) {
            builder.header("Authorization", bearer(token)).subprotocols(HeddleConnection.SUBPROTOCOL);
        } else {
            builder.subprotocols(HeddleConnection.SUBPROTOCOL, "bearer." + token);
        }
        URI stream = URI.create(base().replaceFirst("^http", "ws") + query.requestTarget());
        HeddleConnection connection = new HeddleConnection(listener);
        return builder.buildAsync(stream, connection.receiver()).thenApply(socket -> connection);
    }

    /**
     * Asks for the partition of the token's user, the hint for load balancers.
     *
     * @return the partition; fails with {@link IllegalStateException} after a status other than 200
     */
    public CompletableFuture<Integer> partition(String token) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base() + "/v1/partition"))
                .header("Authorization", bearer(token))
                .timeout(timeout)
                .build();
        return http.sendAsync(request, BodyHandlers.ofString()).thenApply(answer -> {
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(request.uri() + " answered " + answer.statusCode());
            }
            return ClientJson.parse(answer.body()).path("partition").asInt();
        });
    }

    private static String bearer(String token) {
        return "Bearer " + token;
    }

    private String base() {
        return url.toString().replaceFirst("/$", "");
    }
}
