package io.wsrep4j.sst;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;

/** Makes the frames of chunks: compressed, with zstd's own checksum of the content, or as they are where that is not longer. Not thread-safe. */
final class ChunkPacker implements AutoCloseable {

    private static final int HEADER = SnapshotWire.HEADER + SnapshotWire.CHUNK_HEADER;

    private final ZstdCompressCtx compression = new ZstdCompressCtx();

    ChunkPacker(int level) {
        compression.setLevel(level).setChecksum(true);
    }

    /** The frame of this content, which is direct memory; its position does not move. */
    ByteBuf pack(ByteBufAllocator allocator, ByteBuffer content) {
        int length = content.remaining();
        int most = (int) Zstd.compressBound(length);
        ByteBuf frame = SnapshotWire.open(allocator, SnapshotWire.CHUNK_HEADER + most);
        boolean done = false;
        try {
            ByteBuffer room = frame.internalNioBuffer(HEADER, most).slice();
            int size = compression.compressDirectByteBuffer(room, 0, most, content, content.position(), length);
            boolean compressed = size < length;
            frame.writeIntLE(length).writeByte(compressed ? 1 : 0);
            if (compressed) {
                frame.writerIndex(HEADER + size);
            } else {
                frame.writeBytes(content.duplicate());
            }
            SnapshotWire.seal(FrameType.CHUNK, frame);
            done = true;
            return frame;
        } finally {
            if (!done) {
                frame.release();
            }
        }
    }

    @Override
    public void close() {
        compression.close();
    }
}
