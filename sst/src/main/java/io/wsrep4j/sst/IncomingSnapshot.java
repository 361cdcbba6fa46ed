package io.wsrep4j.sst;

import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Gtid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32C;

/**
 * A snapshot as it comes in: what the donor says goes in, the host's data comes out, and it is whole only if every length and checksum is right. No
 * socket and no thread; not thread-safe.
 */
final class IncomingSnapshot implements AutoCloseable {

    private final SnapshotSink sink;
    private final ProgressMeter meter;
    private final ChunkUnpacker unpacker = new ChunkUnpacker();
    private final CRC32C checksum = new CRC32C();
    private SnapshotMessage.Begin begin;
    private SnapshotMessage.Entry entry;
    private WritableByteChannel content;
    private long entryBytes;
    private long entries;
    private Gtid position;

    IncomingSnapshot(SnapshotSink sink, ProgressMeter meter) {
        this.sink = sink;
        this.meter = meter;
    }

    /** Takes the next message, and what it owns. */
    void accept(SnapshotMessage message) throws SnapshotException, IOException {
        try {
            if (message instanceof SnapshotMessage.Begin first) {
                begin(first);
            } else if (message instanceof SnapshotMessage.Entry next) {
                open(next);
            } else if (message instanceof SnapshotMessage.Chunk chunk) {
                write(chunk);
            } else if (message instanceof SnapshotMessage.EntryEnd end) {
                finish(end);
            } else if (message instanceof SnapshotMessage.End end) {
                finish(end);
            } else if (message instanceof SnapshotMessage.Failed failed) {
                throw new SnapshotException(Errno.EIO, "it gave up: " + failed.reason());
            } else {
                throw unexpected(message);
            }
        } finally {
            message.release();
        }
    }

    private void begin(SnapshotMessage.Begin first) throws SnapshotException {
        if (begin != null) {
            throw unexpected(first);
        }
        begin = first;
        meter.begin(first.totalBytes());
    }

    private void open(SnapshotMessage.Entry next) throws SnapshotException, IOException {
        if (begin == null || begin.bypass() || entry != null || position != null) {
            throw unexpected(next);
        }
        entry = next;
        entryBytes = 0;
        checksum.reset();
        content = sink.open(next.name(), next.size());
        if (content == null) {
            throw new IOException("the host opened no channel for entry '" + next.name() + "'");
        }
    }

    private void write(SnapshotMessage.Chunk chunk) throws SnapshotException, IOException {
        if (entry == null) {
            throw unexpected(chunk);
        }
        if (entry.size() >= 0 && chunk.length() > entry.size() - entryBytes) {
            throw new SnapshotException(
                    Errno.EPROTO,
                    "entry '" + entry.name() + "' has more than the " + entry.size() + " bytes that it was to have");
        }
        ByteBuffer bytes = unpacker.unpack(chunk);
        checksum.update(bytes.duplicate());
        while (bytes.hasRemaining()) {
            content.write(bytes);
        }
        entryBytes += chunk.length();
        meter.add(chunk.length());
    }

    private void finish(SnapshotMessage.EntryEnd end) throws SnapshotException, IOException {
        if (entry == null) {
            throw unexpected(end);
        }
        String name = entry.name();
        if (end.bytes() != entryBytes || entry.size() >= 0 && entry.size() != entryBytes) {
            throw new SnapshotException(
                    Errno.EPROTO,
                    "entry '" + name + "' came with " + entryBytes + " bytes, but should have " + end.bytes());
        }
        if (end.checksum() != (int) checksum.getValue()) {
            throw new SnapshotException(
                    Errno.EPROTO, "the checksum of entry '" + name + "' is wrong: its content was damaged");
        }
        entry = null;
        entries++;
        closeContent();
    }

    private void finish(SnapshotMessage.End end) throws SnapshotException {
        if (begin == null || entry != null || position != null) {
            throw unexpected(end);
        }
        if (end.bytes() != meter.bytes() || end.entries() != entries) {
            throw new SnapshotException(
                    Errno.EPROTO,
                    "the snapshot came with " + meter.bytes() + " bytes in " + entries + " entries, but should have "
                            + end.bytes() + " in " + end.entries());
        }
        if (end.position().uuid().isUndefined() || end.position().seqno() < 0) {
            throw new SnapshotException(
                    Errno.EPROTO, "the snapshot's position is " + end.position() + ", which is none");
        }
        position = end.position();
        meter.end();
    }

    private SnapshotException unexpected(SnapshotMessage message) {
        String state = begin == null
                ? "before the beginning"
                : position != null
                        ? "after the end"
                        : entry != null ? "inside entry '" + entry.name() + "'" : "between entries";
        return new SnapshotException(
                Errno.EPROTO,
                "a frame " + message.getClass().getSimpleName() + " " + state
                        + (begin != null && begin.bypass() ? " of a bypass" : ""));
    }

    /** True once everything came and was right. */
    boolean isWhole() {
        return position != null;
    }

    /** Gives the whole snapshot to the host. */
    Gtid complete() throws IOException {
        if (begin.bypass()) {
            sink.bypass(position);
        } else {
            sink.complete(position);
        }
        return position;
    }

    String describe() {
        return meter.describe();
    }

    private void closeContent() throws IOException {
        WritableByteChannel current = content;
        content = null;
        if (current != null) {
            current.close();
        }
    }

    @Override
    public void close() throws IOException {
        unpacker.close();
        closeContent();
    }
}
