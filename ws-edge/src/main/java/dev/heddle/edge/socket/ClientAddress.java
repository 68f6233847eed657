package dev.heddle.edge.socket;

import io.netty.util.NetUtil;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The address that a request counts for: the socket's or, behind trusted proxies, the last one in
 * {@code X-Forwarded-For} that is no proxy's. The client may have written the entries before that one. An IPv6 address
 * counts by its first 64 bits, which are one network's.
 */
final class ClientAddress {

    /** The most entries that are read: no more proxies than this stand in a row. */
    private static final int MAX_HOPS = 32;

    private static final int IPV4_BYTES = 4;
    private static final int IPV6_NETWORK_BYTES = 8;
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private final List<Network> trusted;

    /** @param networks of the proxies, as of {@link #isNetwork} */
    ClientAddress(List<String> networks) {
        this.trusted = networks.stream().map(Network::of).toList();
    }

    /** True if the text is an address, or a network as {@code 10.0.0.0/8}. */
    static boolean isNetwork(String text) {
        return Network.parse(text) != null;
    }

    /** The key that counts are kept under. */
    String of(HttpServerRequest request) {
        SocketAddress remote = request.remoteAddress();
        return of(
                remote == null ? null : remote.hostAddress(), request.headers().getAll("X-Forwarded-For"));
    }

    /**
     * The key that counts are kept under.
     *
     * @param socket the other end's address
     * @param forwarded the headers that proxies have put together
     */
    String of(@Nullable String socket, List<String> forwarded) {
        byte[] at = bytes(socket);
        if (at == null) {
            return "unknown";
        }
        if (!trusted.isEmpty() && isTrusted(at)) {
            at = beforeProxies(at, hops(forwarded));
        }
        return key(at);
    }

    private byte[] beforeProxies(byte[] socket, List<String> hops) {
        byte[] at = socket;
        for (int i = hops.size() - 1; i >= Math.max(0, hops.size() - MAX_HOPS); i--) {
            byte[] hop = bytes(withoutPort(hops.get(i)));
            if (hop == null) {
                return at;
            }
            at = hop;
            if (!isTrusted(hop)) {
                return at;
            }
        }
        return at;
    }

    private boolean isTrusted(byte[] address) {
        return trusted.stream().anyMatch(network -> network.holds(address));
    }

    private static List<String> hops(List<String> headers) {
        List<String> hops = new ArrayList<>();
        for (String header : headers) {
            for (String hop : header.split(",", -1)) {
                hops.add(hop.strip());
            }
        }
        return hops;
    }

    private static String withoutPort(String hop) {
        if (hop.startsWith("[") && hop.indexOf(']') > 0) {
            return hop.substring(1, hop.indexOf(']'));
        }
        int colon = hop.indexOf(':');
        return colon > 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        byte[] address = text == null ? null : NetUtil.createByteArrayFromIpAddressString(text);
        if (address == null || address.length == IPV4_BYTES) {
            return address;
        }
        return Arrays.equals(address, 0, MAPPED.length, MAPPED, 0, MAPPED.length)
                ? Arrays.copyOfRange(address, MAPPED.length, address.length)
                : address;
    }

    private static String key(byte[] address) {
        byte[] counted = address.length > IPV4_BYTES ? Arrays.copyOf(address, IPV6_NETWORK_BYTES) : address;
        return HexFormat.of().formatHex(counted);
    }

    private static final class Network {
        private final byte[] prefix;
        private final int bits;

        private Network(byte[] prefix, int bits) {
            this.prefix = prefix;
            this.bits = bits;
        }

        static Network of(String text) {
            Network network = parse(text);
            if (network == null) {
                throw new IllegalArgumentException("not an address or a network: " + text);
            }
            return network;
        }

        static @Nullable Network parse(String text) {
            int slash = text.indexOf('/');
            byte[] prefix = bytes(slash < 0 ? text : text.substring(0, slash));
            if (prefix == null) {
                return null;
            }
            int most = prefix.length * Byte.SIZE;
            // A mapped IPv4 network is counted as an IPv4 one, whose prefix is shorter by the 96 bits that all mapped
            // ones share.
            boolean mapped = prefix.length == IPV4_BYTES && text.indexOf(':') >= 0;
            try {
                int bits = slash < 0
                        ? most
                        : Integer.parseInt(text.substring(slash + 1)) - (mapped ? MAPPED.length * Byte.SIZE : 0);
                return bits >= 0 && bits <= most ? new Network(prefix, bits) : null;
            } catch (NumberFormatException e) {
                return null;
            }
        }

        boolean holds(byte[] address) {
            if (address.length != prefix.length) {
                return false;
            }
            int whole = bits / Byte.SIZE;
            int rest = bits % Byte.SIZE;
            return Arrays.equals(address, 0, whole, prefix, 0, whole)
                    && (rest == 0 || ((address[whole] ^ prefix[whole]) & 0xFF) >> (Byte.SIZE - rest) == 0);
        }
    }
}
