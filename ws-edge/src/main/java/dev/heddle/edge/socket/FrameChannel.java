package dev.heddle.edge.socket;

import dev.heddle.edge.hub.FrameOutcome;
import dev.heddle.edge.protocol.CloseCode;
import dev.heddle.edge.protocol.Disconnect;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket08FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket connection as Netty sees it, from the upgrade on: Vert.x does the handshake, and then its handler
 * leaves the pipeline to this one ({@code docs/adr/0031}). Vert.x's objects for a connection, two queues, the request
 * and its answer, are three quarters of the memory of an idle one, and its API lacks five things:
 *
 * <ol>
 *   <li><b>Text frames from bytes.</b> A frame is one pooled direct buffer of exactly its size, which Netty hands to
 *       the kernel as it is: each item's bytes are copied once. Vert.x 5.1 makes text frames from a {@code String}
 *       only.
 *   <li><b>Broken framing and floods.</b> {@link #closeDiscarding} sends the code, ends our side, and discards further
 *       input until the peer hangs up or is cut. Closing with unread input would be a TCP reset, and the peer would
 *       never see the code.
 *   <li><b>Pings of a peer that does not read.</b> While the channel is not writable they get no pong: RFC 6455 section
 *       5.5.3 asks for one to the latest only, and a pong for each would pile up without bound.
 *   <li><b>Orderly closing</b> as RFC 6455 section 7 has it: each side sends a close frame once, data after it is
 *       dropped, and the server ends the TCP connection. The listener sets the time limit for the peer
 *       ({@link #cut()}).
 *   <li><b>A time to wait.</b> Until {@link #proceed()} the peer's frames wait: in the kernel, but for the bytes of one
 *       read.
 * </ol>
 *
 * <p>Owned by the connection's event loop.
 */
final class FrameChannel extends ChannelInboundHandlerAdapter implements WriteProgress {

    private static final Logger log = LoggerFactory.getLogger(FrameChannel.class);
    private static final String NAME = "heddle-frames";

    private final ChannelHandlerContext context;
    private final Listener listener;
    private @Nullable Deque<WebSocketFrame> held = new ArrayDeque<>();
    private State state = State.OPEN;
    private long written;

    private enum State {
        OPEN,
        /** One side has sent its close frame; only the other's is awaited. */
        CLOSING,
        /** Input is discarded, no longer read as frames. */
        DISCARDING
    }

    /** The listener to the peer's frames, called on the event loop. */
    interface Listener {
        /** A frame of any kind has come in. */
        void frameArrived();

        /** A text, binary or continuation frame; it is released when this returns. */
        void data(WebSocketFrame frame);

        /** The peer has sent its close frame, and is being answered. */
        void closedByPeer();

        /** The framing is beyond repair; nothing more can be read. */
        void broken(Disconnect cause);

        /** The peer has read so much that there is room again. */
        void drained();

        /** The TCP connection is gone. */
        void gone();
    }

    private FrameChannel(ChannelHandlerContext handshake, Listener listener) {
        this.listener = listener;
        handshake.pipeline().replace(handshake.handler(), NAME, this);
        this.context = handshake.pipeline().context(NAME);
        context.channel().config().setAutoRead(false);
    }

    /**
     * Takes a WebSocket that Vert.x has just accepted over from it; the peer's frames wait until {@link #proceed()}.
     */
    static FrameChannel takeOver(ServerWebSocket socket, Listener listener) {
        return takeOver(((WebSocketInternal) socket).channelHandlerContext(), listener);
    }

    /** Takes the place of the handler that reads the frames. */
    static FrameChannel takeOver(ChannelHandlerContext reader, Listener listener) {
        return new FrameChannel(reader, listener);
    }

    /** Lets the peer's frames through, those that have come already first. */
    void proceed() {
        Deque<WebSocketFrame> waiting = held;
        held = null;
        if (waiting != null) {
            for (WebSocketFrame frame = waiting.poll(); frame != null; frame = waiting.poll()) {
                take(frame);
            }
        }
        context.channel().config().setAutoRead(true);
    }

    private void take(WebSocketFrame frame) {
        try {
            if (state == State.OPEN) {
                listener.data(frame);
            }
        } finally {
            frame.release();
        }
    }

    /** An empty buffer of exactly this size, to be handed to {@link #text(ByteBuf, FrameOutcome)}. */
    ByteBuf allocate(int bytes) {
        return OutboundBuffers.exactly(bytes);
    }

    /**
     * Writes a text frame and gives the buffer away. A frame that cannot be written ends the connection, as later
     * frames would arrive without it.
     *
     * @param outcome told once all of the frame is in the kernel's send buffer, or never will be
     */
    void text(ByteBuf utf8, FrameOutcome outcome) {
        context.writeAndFlush(new TextWebSocketFrame(utf8)).addListener(done -> {
            if (done.isSuccess()) {
                written++;
                outcome.onFrameWritten();
            } else {
                outcome.onFrameFailed();
                cutIfOpen(done.cause());
            }
        });
    }

    /** Writes a text frame of these bytes. */
    void text(byte[] utf8) {
        write(new TextWebSocketFrame(allocate(utf8.length).writeBytes(utf8)));
    }

    /** Writes an empty ping. */
    void ping() {
        write(new PingWebSocketFrame(Unpooled.EMPTY_BUFFER));
    }

    private void write(WebSocketFrame frame) {
        context.writeAndFlush(frame).addListener(done -> {
            if (done.isSuccess()) {
                written++;
            } else {
                cutIfOpen(done.cause());
            }
        });
    }

    private void cutIfOpen(Throwable failure) {
        if (context.channel().isActive()) {
            log.atWarn().addKeyValue("error", String.valueOf(failure)).log("A frame could not be written");
            cut();
        }
    }

    /** True if the peer reads; false while a frame waits for room in the kernel's send buffer. */
    boolean isWritable() {
        return context.channel().isWritable();
    }

    @Override
    public long backlog() {
        ChannelOutboundBuffer waiting = context.channel().unsafe().outboundBuffer();
        return waiting == null ? 0 : waiting.totalPendingWriteBytes();
    }

    @Override
    public long progress() {
        ChannelOutboundBuffer waiting = context.channel().unsafe().outboundBuffer();
        return written * 31 + (waiting == null ? 0 : waiting.currentProgress());
    }

    /** Sends the close code; the peer's own close frame, or its end, ends the connection. */
    void close(CloseCode code) {
        if (state != State.OPEN) {
            return;
        }
        state = State.CLOSING;
        ChannelFuture unused = context.writeAndFlush(frame(code));
        proceed();
    }

    /** Sends the close code, ends our side of the connection and discards further input. */
    void closeDiscarding(CloseCode code) {
        if (state == State.DISCARDING) {
            return;
        }
        state = State.DISCARDING;
        if (context.pipeline().get(WebSocket08FrameDecoder.class) != null) {
            context.pipeline().remove(WebSocket08FrameDecoder.class);
        }
        context.writeAndFlush(frame(code)).addListener(done -> {
            if (context.channel() instanceof DuplexChannel duplex) {
                ChannelFuture unused = duplex.shutdownOutput();
            }
        });
        proceed();
    }

    private static CloseWebSocketFrame frame(CloseCode code) {
        return new CloseWebSocketFrame(new WebSocketCloseStatus(code.code(), code.reason()));
    }

    /** Cuts the TCP connection without a close frame. */
    void cut() {
        ChannelFuture unused = context.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof WebSocketFrame frame) {
                read(frame);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(WebSocketFrame frame) {
        if (state == State.OPEN) {
            listener.frameArrived();
        }
        if (state == State.CLOSING && frame instanceof CloseWebSocketFrame) {
            cut();
        }
        if (state != State.OPEN) {
            return;
        }
        if (frame instanceof CloseWebSocketFrame) {
            answer(frame);
        } else if (frame instanceof PingWebSocketFrame) {
            if (isWritable()) {
                write(new PongWebSocketFrame(frame.content().retain()));
            }
        } else if (!(frame instanceof PongWebSocketFrame)) {
            frame.retain();
            if (held != null) {
                held.add(frame);
            } else {
                take(frame);
            }
        }
    }

    /** Echoes the peer's close frame, and then ends the connection. */
    private void answer(WebSocketFrame close) {
        listener.closedByPeer();
        state = State.CLOSING;
        context.writeAndFlush(new CloseWebSocketFrame(true, 0, close.content().retain()))
                .addListener(done -> cut());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (isWritable() && state == State.OPEN) {
            listener.drained();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        state = State.DISCARDING;
        proceed();
        listener.gone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
        if (state == State.DISCARDING) {
            return;
        }
        if (failure instanceof CorruptedWebSocketFrameException corrupted) {
            listener.broken(cause(corrupted.closeStatus().code()));
        } else {
            log.atDebug().setCause(failure).log("A connection broke");
            cut();
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
