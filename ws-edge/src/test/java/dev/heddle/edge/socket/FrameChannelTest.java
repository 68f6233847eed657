package dev.heddle.edge.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.edge.protocol.CloseCode;
import dev.heddle.edge.protocol.Disconnect;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameChannelTest {

    private static final CloseCode LEAVING = Disconnect.DRAINING.code();

    private final List<String> told = new ArrayList<>();
    private final Unflushed kernel = new Unflushed();
    private final EmbeddedChannel socket = new EmbeddedChannel(kernel, new ChannelInboundHandlerAdapter());
    private final FrameChannel channel = FrameChannel.takeOver(socket.pipeline().lastContext(), new Told());

    /** A kernel that may take nothing. */
    private static final class Unflushed extends ChannelOutboundHandlerAdapter {
        private boolean full;

        @Override
        public void flush(io.netty.channel.ChannelHandlerContext context) {
            if (!full) {
                context.flush();
            }
        }
    }

    private final class Told implements FrameChannel.Listener {
        @Override
        public void frameArrived() {
            told.add("frame");
        }

        @Override
        public void data(WebSocketFrame frame) {
            told.add(frame.content().toString(StandardCharsets.UTF_8));
        }

        @Override
        public void closedByPeer() {
            told.add("closed by peer");
        }

        @Override
        public void broken(Disconnect cause) {
            told.add(cause.name());
        }

        @Override
        public void drained() {
            told.add("drained");
        }

        @Override
        public void gone() {
            told.add("gone");
        }
    }

    private ByteBuf arrives(WebSocketFrame frame) {
        ByteBuf content = frame.content();
        socket.writeInbound(frame);
        return content;
    }

    private static WebSocketFrame text(String text) {
        return new TextWebSocketFrame(text);
    }

    @Test
    void whatThePeerSendsWaitsUntilItMayProceedAndKeepsItsOrder() {
        ByteBuf first = arrives(text("1"));
        arrives(text("2"));
        assertEquals(List.of("frame", "frame"), told);
        assertFalse(socket.config().isAutoRead());
        channel.proceed();
        arrives(text("3"));
        assertEquals(List.of("frame", "frame", "1", "2", "frame", "3"), told);
        assertTrue(socket.config().isAutoRead());
        assertEquals(0, first.refCnt());
    }

    @Test
    void aPeersCloseIsAnsweredOnceWithItsOwnCodeAndThenTheSocketIsClosed() {
        channel.proceed();
        arrives(new CloseWebSocketFrame(4711, "bye"));
        CloseWebSocketFrame answer = socket.readOutbound();
        assertEquals(4711, answer.statusCode());
        answer.release();
        channel.close(LEAVING);
        assertNull(socket.readOutbound());
        assertFalse(socket.isOpen());
        assertEquals(List.of("frame", "closed by peer", "gone"), told);
    }

    @Test
    void aCloseWithoutACodeIsAnsweredWithoutOne() {
        channel.proceed();
        arrives(new CloseWebSocketFrame());
        CloseWebSocketFrame answer = socket.readOutbound();
        assertEquals(-1, answer.statusCode());
        answer.release();
    }

    @Test
    void afterOurCloseOnlyThePeersCounts() {
        ByteBuf early = arrives(text("early"));
        channel.close(LEAVING);
        CloseWebSocketFrame said = socket.readOutbound();
        assertEquals(LEAVING.code(), said.statusCode());
        said.release();
        ByteBuf late = arrives(text("late"));
        arrives(new PingWebSocketFrame());
        assertNull(socket.readOutbound());
        assertTrue(socket.isOpen());
        arrives(new CloseWebSocketFrame(1000, ""));
        assertFalse(socket.isOpen());
        assertEquals(List.of("frame", "gone"), told);
        assertEquals(0, early.refCnt());
        assertEquals(0, late.refCnt());
    }

    @Test
    void aPingIsAnsweredUnlessThePeerDoesNotRead() {
        channel.proceed();
        arrives(new PingWebSocketFrame(Unpooled.copiedBuffer("a", StandardCharsets.UTF_8)));
        PongWebSocketFrame pong = socket.readOutbound();
        assertEquals("a", pong.content().toString(StandardCharsets.UTF_8));
        pong.release();

        kernel.full = true;
        socket.config().setWriteBufferWaterMark(new WriteBufferWaterMark(4, 8));
        channel.text(new byte[100]);
        assertFalse(channel.isWritable());
        ByteBuf ping = arrives(new PingWebSocketFrame(Unpooled.copiedBuffer("b", StandardCharsets.UTF_8)));
        assertEquals(0, ping.refCnt());
        kernel.full = false;
        socket.flush();
        TextWebSocketFrame text = socket.readOutbound();
        text.release();
        assertNull(socket.readOutbound());
        assertTrue(told.contains("drained"), told.toString());
    }

    @Test
    void aPeerThatIsGoneWhileItsFramesWaitLeavesNothing() {
        ByteBuf waiting = arrives(text("waiting"));
        socket.close().syncUninterruptibly();
        assertEquals(List.of("frame", "gone"), told);
        assertEquals(0, waiting.refCnt());
    }

    @Test
    void aConnectionThatBreaksIsClosed() {
        channel.proceed();
        socket.pipeline().fireExceptionCaught(new IOException("reset by peer"));
        assertFalse(socket.isOpen());
        assertEquals(List.of("gone"), told);
    }
}
