package dev.heddle.edge.socket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.heddle.edge.hub.FrameOutcome;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.List;
import java.util.Map;

/**
 * One HTTP response without an end in sight, as Netty sees it. It takes the connection over from Vert.x, whose objects
 * for a request and its response are most of the memory of an idle one, and writes head and body itself: in chunks (RFC
 * 9112 section 7.1), or until the end of the connection for HTTP/1.0. No second request is read; the connection ends
 * with the response.
 *
 * <p>A response ends in one of two ways that its client can tell apart: {@link #finish()} writes the last chunk,
 * {@link #cut()} ends the connection without it (for HTTP/1.0 by a reset).
 *
 * <p>Owned by the connection's event loop.
 */
final class ResponseChannel extends ChannelInboundHandlerAdapter implements WriteProgress {

    private static final String NAME = "heddle-response";

    /**
     * Not {@code Connection: close}: with it undici, the fetch of Node, takes a connection that ends in mid-body for
     * the end of the body. The time-out keeps clients from sending another request, as the connection ends with this
     * response.
     */
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\nKeep-Alive: timeout=1\r\n";

    private static final byte[] CRLF = "\r\n".getBytes(ISO_8859_1);
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(ISO_8859_1);

    /** The bytes around a chunk: its size in hexadecimal, and two line ends. */
    private static final int AROUND_CHUNK = 8 + 2 * 2;

    /** The most bytes that a client may send after its request. */
    private static final long MOST_SURPLUS_BYTES = 64 * 1024;

    private final ChannelHandlerContext context;
    private final Listener listener;
    private final boolean chunked;
    private long surplus;
    private long written;

    /** The listener to the end of the connection, called on the event loop. */
    interface Listener {
        /** The TCP connection is gone. */
        void gone();
    }

    /** Takes the place of all handlers of a channel but TLS. */
    ResponseChannel(Channel channel, boolean chunked, Listener listener) {
        this.chunked = chunked;
        this.listener = listener;
        ChannelPipeline pipeline = channel.pipeline();
        List<String> before = pipeline.toMap().entrySet().stream()
                .filter(handler -> !isTls(handler))
                .map(Map.Entry::getKey)
                .toList();
        pipeline.addLast(NAME, this);
        this.context = pipeline.context(NAME);
        // From the last on: what a decoder still holds goes to this handler.
        for (int i = before.size() - 1; i >= 0; i--) {
            pipeline.remove(before.get(i));
        }
        channel.config().setAutoRead(true);
    }

    private static boolean isTls(Map.Entry<String, ChannelHandler> handler) {
        return handler.getValue() instanceof SslHandler;
    }

    /**
     * Takes the connection of a request over, once its body has been read, and writes the head of the response: status
     * 200, and the headers of the request's response object.
     */
    static ResponseChannel takeOver(HttpServerRequest request, Listener listener) {
        boolean chunked = request.version() == HttpVersion.HTTP_1_1;
        StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\n");
        request.response()
                .headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        head.append(chunked ? CHUNKED : "Connection: close\r\n").append("\r\n");
        Channel channel = ((ConnectionBase) request.connection()).channel();
        ResponseChannel response = new ResponseChannel(channel, chunked, listener);
        byte[] bytes = head.toString().getBytes(ISO_8859_1);
        response.write(OutboundBuffers.exactly(bytes.length).writeBytes(bytes));
        return response;
    }

    /**
     * Writes a part of the body.
     *
     * @param pieces at least one byte in all
     * @param outcome told once all of it is in the kernel's send buffer, or never will be
     */
    void write(List<byte[]> pieces, FrameOutcome outcome) {
        context.writeAndFlush(chunk(pieces)).addListener(done -> {
            if (done.isSuccess()) {
                written++;
                outcome.onFrameWritten();
            } else {
                outcome.onFrameFailed();
                cut();
            }
        });
    }

    /** Writes a part of the body if nothing waits for the client to read. */
    void writeIfIdle(byte[] piece) {
        if (piece.length > 0 && backlog() == 0) {
            write(chunk(List.of(piece)));
        }
    }

    private ByteBuf chunk(List<byte[]> pieces) {
        int size = 0;
        for (byte[] piece : pieces) {
            size += piece.length;
        }
        ByteBuf chunk = OutboundBuffers.exactly(size + (chunked ? AROUND_CHUNK : 0));
        if (chunked) {
            chunk.writeBytes(Integer.toHexString(size).getBytes(ISO_8859_1)).writeBytes(CRLF);
        }
        for (byte[] piece : pieces) {
            chunk.writeBytes(piece);
        }
        return chunked ? chunk.writeBytes(CRLF) : chunk;
    }

    private void write(ByteBuf bytes) {
        context.writeAndFlush(bytes).addListener(done -> {
            if (done.isSuccess()) {
                written++;
            } else {
                cut();
            }
        });
    }

    /** Ends the response cleanly after what has been written, and then our side of the connection. */
    void finish() {
        ByteBuf last = OutboundBuffers.exactly(LAST_CHUNK.length);
        context.writeAndFlush(chunked ? last.writeBytes(LAST_CHUNK) : last).addListener(done -> {
            boolean tls = context.pipeline().get(SslHandler.class) != null;
            if (!tls && done.isSuccess() && context.channel() instanceof DuplexChannel duplex) {
                // Closing with unread input would be a TCP reset, and the client might not read the end.
                ChannelFuture unused = duplex.shutdownOutput();
            } else {
                ChannelFuture unused = context.close();
            }
        });
    }

    /** Breaks the connection: the client sees that the response is not complete. */
    void cut() {
        if (!chunked) {
            context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        ChannelHandlerContext first = context.pipeline().firstContext();
        ChannelFuture unused = first == null ? context.close() : first.close();
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

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        surplus += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
        ReferenceCountUtil.release(message);
        if (surplus > MOST_SURPLUS_BYTES) {
            cut();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        listener.gone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
        cut();
    }
}
