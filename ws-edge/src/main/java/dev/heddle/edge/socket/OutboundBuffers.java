package dev.heddle.edge.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;

/**
 * The buffers of what is written to clients. They come from Netty's classic pooled allocator: its default, the adaptive
 * one, was seen to keep about 1 GB after a burst. A large one is no part of a pool, whose chunks of 4 MiB it would
 * leave with holes: it takes just its bytes, and gives them back to the system.
 */
final class OutboundBuffers {

    /** Buffers up to this size come from the pool. */
    private static final int POOLED_BYTES = 256 * 1024;

    private OutboundBuffers() {}

    /** An empty buffer of exactly this size. */
    static ByteBuf exactly(int bytes) {
        ByteBufAllocator from =
                bytes > POOLED_BYTES ? UnpooledByteBufAllocator.DEFAULT : PooledByteBufAllocator.DEFAULT;
        return from.directBuffer(bytes, bytes);
    }
}
