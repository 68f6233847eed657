package dev.heddle.edge.socket;

import dev.heddle.edge.protocol.CloseCode;
import dev.heddle.edge.protocol.Disconnect;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket08FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;

/**
 * One WebSocket connection as Netty sees it, for the three things that Vert.x' API does not offer. It sits in the pipeline between Netty's
 * frame decoder and Vert.x' handler; all else (handshake, fragments, pongs, orderly closing) stays with Vert.x.
 *
 * <ol>
 *   <li><b>Text frames from bytes.</b> Vert.x 5.1 makes text frames from a {@code String} only, which would decode and encode each byte again
 *       ({@code WebSocketFrameImpl}, its internal class, takes a buffer, but then copies pooled ones). Here a frame is one pooled direct
 *       buffer of exactly its size, which Netty hands to the kernel as it is: each item's bytes are copied once.
 *   <li><b>Broken framing and floods.</b> Vert.x closes the TCP connection as soon as its exception handler returns; with unread input that is a TCP reset, and the peer
 *       never sees the close code. {@link #closeDiscarding} says the code, ends our side, and throws away what the peer still sends until it hangs up or is cut.
 *   <li><b>Pings of a peer that does not read.</b> Vert.x queues a pong for each, without bound. While the channel is not writable they are dropped: RFC 6455 section 5.5.3
 *       asks for a pong to the latest only.
 * </ol>
 *
 * <p>Owned by the connection's event loop.
 */
final class FrameChannel extends ChannelInboundHandlerAdapter {

    private static final String NAME = "heddle-frames";

    private final ChannelHandlerContext context;
    private final Listener listener;
    private boolean discarding;
    private long written;

    /** Told of what happens below Vert.x, on the event loop. */
    interface Listener {
        /** A frame of any kind has come in. */
        void frameArrived();

        /** The framing is beyond repair; nothing more can be read. */
        void broken(Disconnect cause);

        /** The peer has read so much that there is room again. */
        void drained();
    }

    private FrameChannel(ChannelHandlerContext vertxHandler, Listener listener) {
        this.listener = listener;
        vertxHandler.pipeline().addBefore(vertxHandler.name(), NAME, this);
        this.context = vertxHandler.pipeline().context(NAME);
    }

    /** Puts itself under a WebSocket that Vert.x has just accepted. */
    static FrameChannel install(ServerWebSocket socket, Listener listener) {
        return under(((WebSocketInternal) socket).channelHandlerContext(), listener);
    }

    /** Puts itself under the handler that reads the frames. */
    static FrameChannel under(ChannelHandlerContext reader, Listener listener) {
        return new FrameChannel(reader, listener);
    }

    /**
     * An empty buffer of exactly this size, to be handed to {@link #text(ByteBuf, Runnable)}. From Netty's classic pooled allocator:
     * its default, the adaptive one, was seen to keep about 1 GB after a burst.
     */
    ByteBuf allocate(int bytes) {
        return PooledByteBufAllocator.DEFAULT.directBuffer(bytes, bytes);
    }

    /**
     * Writes a text frame and gives the buffer away.
     *
     * @param left runs once all of the frame is in the kernel's send buffer; not when the connection is gone
     */
    void text(ByteBuf utf8, Runnable left) {
        context.writeAndFlush(new TextWebSocketFrame(utf8)).addListener(done -> {
            if (done.isSuccess()) {
                written++;
                left.run();
            }
        });
    }

    /** Writes a text frame of these bytes. */
    void text(byte[] utf8) {
        text(allocate(utf8.length).writeBytes(utf8), () -> {});
    }

    /** Writes an empty ping. */
    void ping() {
        ChannelFuture unused = context.writeAndFlush(new PingWebSocketFrame(Unpooled.EMPTY_BUFFER));
    }

    /** Whether the peer reads what it is sent; false while a frame waits for room in the kernel's send buffer. */
    boolean isWritable() {
        return context.channel().isWritable();
    }

    /** Bytes that wait for room in the kernel's send buffer. */
    long backlog() {
        ChannelOutboundBuffer waiting = context.channel().unsafe().outboundBuffer();
        return waiting == null ? 0 : waiting.totalPendingWriteBytes();
    }

    /** A number that changes whenever the kernel has taken bytes. */
    long progress() {
        ChannelOutboundBuffer waiting = context.channel().unsafe().outboundBuffer();
        return written * 31 + (waiting == null ? 0 : waiting.currentProgress());
    }

    /** Says the close code, ends our side of the connection and throws away whatever still comes in. */
    void closeDiscarding(CloseCode code) {
        if (discarding) {
            return;
        }
        discarding = true;
        if (context.pipeline().get(WebSocket08FrameDecoder.class) != null) {
            context.pipeline().remove(WebSocket08FrameDecoder.class);
        }
        context.writeAndFlush(new CloseWebSocketFrame(new WebSocketCloseStatus(code.code(), code.reason())))
                .addListener(done -> {
                    if (context.channel() instanceof DuplexChannel duplex) {
                        ChannelFuture unused = duplex.shutdownOutput();
                    }
                });
    }

    /** Cuts the TCP connection, whatever has or has not been said. */
    void cut() {
        ChannelFuture unused = context.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!discarding && message instanceof WebSocketFrame) {
            listener.frameArrived();
        }
        if (discarding || (message instanceof PingWebSocketFrame && !isWritable())) {
            ReferenceCountUtil.release(message);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ctx.fireChannelWritabilityChanged();
        if (isWritable() && !discarding) {
            listener.drained();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
        if (discarding) {
            return;
        }
        if (failure instanceof CorruptedWebSocketFrameException corrupted) {
            listener.broken(cause(corrupted.closeStatus().code()));
        } else {
            ctx.fireExceptionCaught(failure);
        }
    }

    private static Disconnect cause(int status) {
        if (status == WebSocketCloseStatus.MESSAGE_TOO_BIG.code()) {
            return Disconnect.FRAME_TOO_LARGE;
        }
        return status == WebSocketCloseStatus.INVALID_PAYLOAD_DATA.code()
                ? Disconnect.TEXT_NOT_UTF8
                : Disconnect.BROKEN_FRAMING;
    }
}
