package dev.heddle.edge.socket;

import dev.heddle.edge.protocol.Disconnect;
import io.vertx.core.http.WebSocketFrame;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The way from frames to text messages. Done here, because Vert.x' own aggregator hands invalid UTF-8 on as replacement characters and
 * loses a message silently when it grows too large in fragments. Owned by the connection's event loop.
 */
final class MessageAssembler {

    private final LimitsConfig limits;
    private int count;
    private @Nullable ByteArrayOutputStream fragments;

    /** What a frame brought. */
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
        if (frame.isBinary()) {
            return new Result.Fault(Disconnect.BINARY_FRAME);
        }
        byte[] bytes = frame.binaryData().getBytes();
        ByteArrayOutputStream begun = fragments;
        if (begun == null && frame.isFinal()) {
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
        if (!frame.isFinal()) {
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
