package dev.heddle.port;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection, and the owner of its resources: a task of {@link #whenClosed} runs exactly once, at any end
 * of the connection.
 *
 * <pre>
 *   accepted
 *      |
 *      v         request's head              authenticated
 *   AWAITED ------------------&gt; ANSWERED -----------------&gt; ADMITTED
 *   (peer is waited for)  &lt;------  (we are)                     |
 *      |      answer written  |                                 |
 *      |  &lt;-----------------------------------------------------+
 *      |  deadline, room      |  deadline, room, unread
 *      v                      v
 *     GONE (also from anywhere when the peer or the network ends it)
 * </pre>
 *
 * <p>AWAITED and ANSWERED are pending: they count, and have a deadline. Owned by the connection's event loop; the guard
 * ends one from any thread.
 */
public final class GuardedConnection implements PendingConnections.Connection {

    private static final AttributeKey<GuardedConnection> KEY = AttributeKey.valueOf("heddle.guarded");
    private static final int IPV6_NETWORK_BYTES = 8;

    private final Channel channel;
    private final PendingConnections pending;
    private final Object address;
    private @Nullable Deque<Runnable> ends = new ArrayDeque<>();
    private volatile long deadline;
    private long requests;
    private boolean leaving;

    private GuardedConnection(Channel channel, PendingConnections pending) {
        this.channel = channel;
        this.pending = pending;
        this.address = network(channel);
    }

    /** Puts a channel that has just been registered under guard. */
    static void guard(Channel channel, PendingConnections pending, Duration firstRequest) {
        GuardedConnection connection = new GuardedConnection(channel, pending);
        channel.attr(KEY).set(connection);
        channel.closeFuture().addListener(closed -> connection.gone());
        connection.awaitPeer(firstRequest);
    }

    /** A connection of a Vert.x instance that a {@link ConnectionGuard} made. */
    public static GuardedConnection of(HttpConnection connection) {
        GuardedConnection guarded =
                ((ConnectionBase) connection).channel().attr(KEY).get();
        if (guarded == null) {
            throw new IllegalStateException("this port has no guard");
        }
        return guarded;
    }

    /**
     * The deadlines of a connection that is not admitted.
     *
     * @param answer from a request's head to the end of its answer, and of its body
     * @param idle from an answer to the next request's head
     * @param close from a last answer to the peer's hanging up
     */
    public record Times(Duration answer, Duration idle, Duration close) {}

    /**
     * The first step of a port with a request: until the answer has been written its sender waits for us, and after
     * that we wait for the sender. Uses the response's end handler. False if the connection was ended, because its peer
     * sends requests and does not read the answers, or after the last one.
     */
    public static boolean requested(HttpServerRequest request, Times times) {
        GuardedConnection connection = of(request.connection());
        if (connection.leaving || !connection.channel.isWritable()) {
            connection.pending.drop(connection, DropReason.UNREAD);
            return false;
        }
        long number = ++connection.requests;
        connection.answering(times.answer());
        request.response().endHandler(written -> {
            if (number == connection.requests) {
                connection.answered(request, times);
            }
        });
        return true;
    }

    /** True if a request's head announces a body. */
    public static boolean announcesBody(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        return request.headers().contains("Transfer-Encoding") || (length != null && !length.equals("0"));
    }

    private void answered(HttpServerRequest request, Times times) {
        long number = requests;
        boolean unread = announcesBody(request) && !request.isEnded();
        leaving = unread || request.response().headers().contains("Connection", "close", true);
        // The rest of an unread body is discarded.
        request.resume();
        awaitPeer(leaving ? times.close() : times.answer());
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(left -> {
            if (leaving) {
                endOutput();
            } else if (left.isSuccess() && number == requests) {
                awaitPeer(times.idle());
            }
        });
    }

    /**
     * Closes the output only. Closing with unread input would be a TCP reset, and the peer might never read the answer;
     * so the peer may close first.
     */
    private void endOutput() {
        if (channel instanceof DuplexChannel duplex) {
            ChannelFuture unused = duplex.shutdownOutput();
        }
    }

    /** Starts the peer's deadline for its next step; further bytes do not extend it. */
    public void awaitPeer(Duration within) {
        if (ends != null) {
            deadline = System.nanoTime() + within.toNanos();
            pending.await(this);
        }
    }

    /** Starts our own deadline for the answer. */
    public void answering(Duration within) {
        deadline = System.nanoTime() + within.toNanos();
        pending.answer(this);
    }

    /** Ends the guard's deadline and count, because the peer has been authenticated. */
    public void admit() {
        boolean unused = pending.remove(this);
    }

    /**
     * Runs a task when the connection has ended; at once if it has already.
     *
     * @param release runs on the connection's event loop, exactly once
     * @return gives it back before that; on the event loop
     */
    public Runnable whenClosed(Runnable release) {
        Deque<Runnable> open = ends;
        if (open == null) {
            release.run();
            return () -> {};
        }
        open.add(release);
        return () -> {
            if (open.remove(release)) {
                release.run();
            }
        };
    }

    /** Closes the connection at once, without TLS or WebSocket closing messages. */
    @Override
    public void cut() {
        if (channel.eventLoop().inEventLoop()) {
            cutHere();
        } else {
            channel.eventLoop().execute(this::cutHere);
        }
    }

    /** Closes from the first handler on, so that TLS does not wait until its closing message has been read. */
    private void cutHere() {
        ChannelHandlerContext first = channel.pipeline().firstContext();
        ChannelFuture unused = first == null ? channel.close() : first.close();
    }

    private void gone() {
        boolean unused = pending.remove(this);
        Deque<Runnable> tasks = ends;
        ends = null;
        while (tasks != null && !tasks.isEmpty()) {
            tasks.poll().run();
        }
    }

    @Override
    public boolean isLate(long now) {
        return now - deadline >= 0;
    }

    /**
     * The address that connections are counted by; of an IPv6 address the first 64 bits, which identify one network.
     */
    @Override
    public Object address() {
        return address;
    }

    private static Object network(Channel channel) {
        InetAddress remote = channel.remoteAddress() instanceof InetSocketAddress socket ? socket.getAddress() : null;
        byte[] bytes = remote == null ? new byte[0] : remote.getAddress();
        return ByteBuffer.wrap(bytes, 0, Math.min(bytes.length, IPV6_NETWORK_BYTES));
    }
}
