package dev.heddle.kafka;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.server.ServerSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listening sockets on loopback, opened before Kafka starts and handed to it when it asks.
 *
 * <p>This reports a taken port at once and by its number, and a free one cannot be lost between choosing and using it.
 */
final class LoopbackPorts implements ServerSocketFactory, AutoCloseable {
    static final String HOST = "127.0.0.1";

    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final Logger LOG = LoggerFactory.getLogger(LoopbackPorts.class);

    /**
     * The lowest port of the search for free ones. The range is below the one that operating systems give to outgoing
     * connections: a stopped broker's port is then still free when it starts again, and no reconnecting client can
     * connect to itself.
     */
    private static final int LOWEST_FREE = 20_000;

    private static final int HIGHEST_FREE = 32_000;
    private static final int ATTEMPTS = 200;
    private static final int BACKLOG = 128;

    private final Map<Integer, ServerSocketChannel> open = new ConcurrentHashMap<>();

    /** Opens a port, or a free one for 0; returns its number. */
    int reserve(int port) {
        return port == 0 ? reserveFree() : reserveExactly(port);
    }

    private int reserveExactly(int port) {
        try {
            open.put(port, listen(port));
            return port;
        } catch (BindException e) {
            throw new EmbeddedKafkaException(describe(port, e), e);
        } catch (IOException e) {
            throw new EmbeddedKafkaException(
                    "port " + port + " on " + HOST + " cannot be opened: " + e.getMessage(), e);
        }
    }

    private static String describe(int port, BindException e) {
        String message = e.getMessage();
        return message != null && message.contains("Permission")
                ? "port " + port + " on " + HOST + " cannot be opened: permission denied"
                : "port " + port + " on " + HOST + " is taken";
    }

    private int reserveFree() {
        @Nullable IOException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_FREE, HIGHEST_FREE);
            try {
                open.put(port, listen(port));
                return port;
            } catch (IOException e) {
                last = e;
            }
        }
        throw new EmbeddedKafkaException("no free port on " + HOST + ": " + (last == null ? "?" : last.getMessage()));
    }

    private static ServerSocketChannel listen(int port) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port), BACKLOG);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Hands a reserved socket to Kafka, which owns it from then on. */
    @Override
    public ServerSocketChannel openServerSocket(
            String listener, InetSocketAddress address, int backlog, int receiveBuffer) throws IOException {
        ServerSocketChannel reserved = open.remove(address.getPort());
        if (reserved == null) {
            throw new IOException(listener + " asks for " + address + ", which was not reserved");
        }
        return reserved;
    }

    /** Closes the sockets that Kafka has not asked for. */
    @Override
    public void close() {
        for (ServerSocketChannel channel : open.values()) {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.atDebug().setCause(e).log("a port that nobody used did not close");
            }
        }
        open.clear();
    }
}
