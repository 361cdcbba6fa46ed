package io.wsrep4j.sst;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.wsrep4j.api.Gtid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.zip.CRC32C;

/** A snapshot as it goes out. No socket; not thread-safe. */
final class OutgoingSnapshot implements AutoCloseable {

    /** Where the frames go. */
    interface Output {
        /** Takes the frame over in every case; blocks while the connection is full. */
        void write(ByteBuf frame) throws SnapshotException, InterruptedException;

        /** As {@link #write}; the joiner answers to this one. */
        default void writeLast(ByteBuf frame) throws SnapshotException, InterruptedException {
            write(frame);
        }
    }

    private final ByteBufAllocator allocator;
    private final Output output;
    private final ProgressMeter meter;
    private final ChunkPacker packer;
    private final CRC32C checksum = new CRC32C();
    private final ByteBuffer block = ByteBuffer.allocateDirect(SnapshotWire.LARGEST_CHUNK);
    private long entries;

    OutgoingSnapshot(ByteBufAllocator allocator, Output output, ProgressMeter meter, int compressionLevel) {
        this.allocator = allocator;
        this.output = output;
        this.meter = meter;
        packer = new ChunkPacker(compressionLevel);
    }

    /** Sends the position alone. */
    void sendBypass(Gtid position) throws SnapshotException, InterruptedException {
        write(new SnapshotMessage.Begin(true, 0));
        meter.begin(0);
        finish(position);
    }

    /** Sends everything; {@code source} stays open. */
    void send(SnapshotSource source, Gtid position) throws SnapshotException, IOException, InterruptedException {
        long total = Math.max(-1, source.totalBytes());
        write(new SnapshotMessage.Begin(false, total));
        meter.begin(total);
        for (SnapshotEntry entry = source.next(); entry != null; entry = source.next()) {
            try (ReadableByteChannel content = entry.content()) {
                write(new SnapshotMessage.Entry(entry.name(), entry.size()));
                sendContent(entry, content);
            }
        }
        finish(position);
    }

    private void sendContent(SnapshotEntry entry, ReadableByteChannel content)
            throws SnapshotException, IOException, InterruptedException {
        long bytes = 0;
        checksum.reset();
        while (fill(content)) {
            checksum.update(block.duplicate());
            bytes += block.remaining();
            int length = block.remaining();
            output.write(packer.pack(allocator, block));
            meter.add(length);
        }
        if (entry.size() >= 0 && entry.size() != bytes) {
            throw new IOException(
                    "entry '" + entry.name() + "' has " + bytes + " bytes, but the host said " + entry.size());
        }
        write(new SnapshotMessage.EntryEnd(bytes, (int) checksum.getValue()));
        entries++;
    }

    /** Reads as much as a chunk may hold; false at the end. */
    private boolean fill(ReadableByteChannel content) throws IOException {
        block.clear();
        while (block.hasRemaining() && content.read(block) >= 0) {
            // until the block is full or the content ends
        }
        return block.flip().hasRemaining();
    }

    private void finish(Gtid position) throws SnapshotException, InterruptedException {
        output.writeLast(SnapshotWire.encode(allocator, new SnapshotMessage.End(position, meter.bytes(), entries)));
        meter.end();
    }

    private void write(SnapshotMessage message) throws SnapshotException, InterruptedException {
        output.write(SnapshotWire.encode(allocator, message));
    }

    @Override
    public void close() {
        packer.close();
    }
}
