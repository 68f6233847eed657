package dev.heddle.edge.socket;

import dev.heddle.edge.protocol.Disconnect;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The assembler of text messages from frames, which checks UTF-8 and bounds, also of fragments. Owned by the
 * connection's event loop.
 */
final class MessageAssembler {

    private final LimitsConfig limits;
    private int count;
    private @Nullable ByteArrayOutputStream fragments;

    /** The result of a frame. */
    sealed interface Result {
        record Message(String text) implements Result {}

        /** More fragments are to come. */
        record Partial() implements Result {}

        record Fault(Disconnect cause) implements Result {}
    }

    MessageAssembler(LimitsConfig limits) {
        this.limits = limits;
    }

    /** Takes a text, binary or continuation frame; Netty has checked that they come in a legal order. */
    Result add(WebSocketFrame frame) {
        if (frame instanceof BinaryWebSocketFrame) {
            return new Result.Fault(Disconnect.BINARY_FRAME);
        }
        byte[] bytes = ByteBufUtil.getBytes(frame.content());
        ByteArrayOutputStream begun = fragments;
        if (begun == null && frame.isFinalFragment()) {
            return bytes.length > limits.maxFrameBytes() ? new Result.Fault(Disconnect.FRAME_TOO_LARGE) : decode(bytes);
        }
        if (begun == null) {
            begun = new ByteArrayOutputStream(bytes.length);
            fragments = begun;
            count = 0;
        }
        count++;
        if (begun.size() + bytes.length > limits.maxFrameBytes() || count > limits.maxFragments()) {
            fragments = null;
            return new Result.Fault(Disconnect.FRAME_TOO_LARGE);
        }
        begun.writeBytes(bytes);
        if (!frame.isFinalFragment()) {
            return new Result.Partial();
        }
        fragments = null;
        return decode(begun.toByteArray());
    }

    private static Result decode(byte[] bytes) {
        try {
            return new Result.Message(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return new Result.Fault(Disconnect.TEXT_NOT_UTF8);
        }
    }
}
