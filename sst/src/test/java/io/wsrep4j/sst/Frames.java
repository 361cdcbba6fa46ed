package io.wsrep4j.sst;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** Bytes to messages without a socket. */
final class Frames {

    static final ByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

    private Frames() {}

    /** Takes the bytes over. */
    static List<SnapshotMessage> decode(ByteBuf bytes) {
        EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(EnumSet.allOf(FrameType.class)));
        try {
            channel.writeInbound(bytes);
            List<SnapshotMessage> messages = new ArrayList<>();
            for (SnapshotMessage next = channel.readInbound(); next != null; next = channel.readInbound()) {
                messages.add(next);
            }
            return messages;
        } finally {
            channel.finishAndReleaseAll();
        }
    }
}
