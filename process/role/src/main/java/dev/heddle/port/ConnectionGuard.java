package dev.heddle.port;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.spi.transport.Transport;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bound on the connections of a Vert.x instance's ports that have not been authenticated. Each is counted from its
 * acceptance on, before TLS or HTTP have read a byte of it, and has a deadline until it is admitted. When there are too
 * many, one that waits for its peer makes room for the new one: the oldest of the address that holds more than its
 * share, or the oldest of all. A client that sends its request at once is therefore served beside any number of silent
 * ones.
 *
 * <p>Vert.x has no hook at the acceptance: its {@code connectionHandler} is called after the TLS handshake. So the
 * guard is the instance's transport ({@code docs/adr/0034}). Any thread.
 */
public final class ConnectionGuard {

    private static final Logger log = LoggerFactory.getLogger(ConnectionGuard.class);
    private static final String RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";
    private static final long SWEEP_MILLIS = 50;

    static {
        // A client of TLS 1.2 could ask for one handshake after the other, each of which costs us more than the client.
        if (System.getProperty(RENEGOTIATION) == null) {
            System.setProperty(RENEGOTIATION, "true");
        }
    }

    private final PendingConnections pending;
    private final Duration firstRequest;

    /**
     * A guard of one port, or of several that share its bound.
     *
     * @param most pending connections
     * @param firstRequest how long a new connection may take for TLS and the head of its first request
     * @param dropped told the reason of each connection that the guard ends; on any thread, must not block
     */
    public ConnectionGuard(int most, Duration firstRequest, Consumer<DropReason> dropped) {
        this.pending = new PendingConnections(most, dropped);
        this.firstRequest = firstRequest;
    }

    /** A Vert.x instance whose ports are guarded, and which caches no files. */
    public Vertx vertx(VertxOptions options) {
        options.setFileSystemOptions(
                new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
        GuardedTransport transport = new GuardedTransport();
        return Vertx.builder().with(options).withTransport(new Named(transport)).build();
    }

    /** The number of connections that have been accepted and are neither admitted nor gone. */
    public int pending() {
        return pending.size();
    }

    /**
     * Ends late connections. It throws nothing, because an exception would stop the sweeps, and with them all
     * deadlines.
     */
    private void sweep() {
        try {
            pending.sweep(System.nanoTime());
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).log("Late connections could not be ended");
        }
    }

    /** Guards each accepted connection, and sweeps late ones. */
    @Sharable
    private final class Acceptance extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            // Ends with the port, whose event loop refuses tasks then.
            var unused = context.executor()
                    .scheduleWithFixedDelay(
                            ConnectionGuard.this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
            context.channel().closeFuture().addListener(closed -> unused.cancel(false));
            context.fireChannelActive();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            if (accepted instanceof Channel channel) {
                // Runs on the connection's own event loop once it is registered there, before Vert.x's handlers are
                // made.
                channel.pipeline().addLast(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel registered) {
                        GuardedConnection.guard(registered, pending, firstRequest);
                    }
                });
            }
            context.fireChannelRead(accepted);
        }
    }

    private final class GuardedTransport implements Transport {
        private final Transport nio = NioTransport.INSTANCE;

        @Override
        public IoHandlerFactory ioHandlerFactory() {
            return nio.ioHandlerFactory();
        }

        @Override
        @SuppressWarnings("deprecation") // Vert.x's interface asks for it.
        public DatagramChannel datagramChannel(InternetProtocolFamily family) {
            return nio.datagramChannel(family);
        }

        @Override
        public ChannelFactory<? extends DatagramChannel> datagramChannelFactory() {
            return nio.datagramChannelFactory();
        }

        @Override
        public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
            return nio.channelFactory(domainSocket);
        }

        @Override
        public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
            ChannelFactory<? extends ServerChannel> factory = nio.serverChannelFactory(domainSocket);
            return () -> {
                ServerChannel channel = factory.newChannel();
                channel.pipeline().addLast(new Acceptance());
                return channel;
            };
        }
    }

    private record Named(Transport implementation) implements io.vertx.core.transport.Transport {
        @Override
        public String name() {
            return "nio";
        }

        @Override
        public boolean available() {
            return true;
        }

        @Override
        public @Nullable Throwable unavailabilityCause() {
            return null;
        }
    }
}
