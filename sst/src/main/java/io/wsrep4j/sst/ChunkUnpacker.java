package io.wsrep4j.sst;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Errno;
import java.nio.ByteBuffer;

/** Gets a chunk's content back. Decompresses into one buffer of the largest size allowed, whatever a chunk claims. Not thread-safe. */
final class ChunkUnpacker implements AutoCloseable {

    private final ZstdDecompressCtx decompression = new ZstdDecompressCtx();
    private final ByteBuffer content = ByteBuffer.allocateDirect(SnapshotWire.LARGEST_CHUNK);
    private ByteBuffer copy;

    /** The content, valid until the next call and while the chunk is. */
    ByteBuffer unpack(SnapshotMessage.Chunk chunk) throws SnapshotException {
        ByteBuf data = chunk.data();
        ByteBuffer bytes = data.nioBuffer();
        if (!chunk.compressed()) {
            return bytes;
        }
        ByteBuffer source = bytes.isDirect() ? bytes : direct(bytes);
        int size;
        try {
            size = decompression.decompressDirectByteBuffer(
                    content, 0, chunk.length(), source, source.position(), source.remaining());
        } catch (ZstdException e) {
            throw new SnapshotException(
                    Errno.EPROTO,
                    "a chunk that zstd cannot decompress to " + chunk.length() + " bytes: " + e.getMessage(),
                    e);
        }
        if (size != chunk.length()) {
            throw new SnapshotException(Errno.EPROTO, "a chunk of " + size + " bytes that claims " + chunk.length());
        }
        return content.clear().limit(size);
    }

    private ByteBuffer direct(ByteBuffer bytes) {
        if (copy == null) {
            copy = ByteBuffer.allocateDirect(SnapshotWire.LARGEST_CHUNK);
        }
        return copy.clear().put(bytes).flip();
    }

    @Override
    public void close() {
        decompression.close();
    }
}
