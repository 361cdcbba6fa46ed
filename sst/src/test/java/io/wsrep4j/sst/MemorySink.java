package io.wsrep4j.sst;

import io.wsrep4j.api.Gtid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps a snapshot in memory. Written by the transfer's thread, read after its end. */
final class MemorySink implements SnapshotSink {

    private final Map<String, ByteArrayOutputStream> entries = new TreeMap<>();
    private final AtomicInteger open = new AtomicInteger();
    volatile Gtid completed;
    volatile Gtid bypassed;
    volatile int discarded;
    volatile IOException refusal;

    @Override
    public WritableByteChannel open(String name, long size) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        entries.put(name, bytes);
        open.incrementAndGet();
        return new WritableByteChannel() {
            private boolean closed;

            @Override
            public int write(ByteBuffer source) {
                // less than it is given, as channels may
                byte[] part = new byte[Math.min(source.remaining(), 100_000)];
                source.get(part);
                bytes.write(part, 0, part.length);
                return part.length;
            }

            @Override
            public boolean isOpen() {
                return !closed;
            }

            @Override
            public void close() {
                if (!closed) {
                    closed = true;
                    open.decrementAndGet();
                }
            }
        };
    }

    @Override
    public void complete(Gtid position) throws IOException {
        if (refusal != null) {
            throw refusal;
        }
        completed = position;
    }

    @Override
    public void bypass(Gtid position) {
        bypassed = position;
    }

    @Override
    public void discard() {
        discarded++;
    }

    int stillOpen() {
        return open.get();
    }

    Map<String, ByteArrayOutputStream> content() {
        return entries;
    }

    byte[] bytes(String name) {
        return entries.get(name).toByteArray();
    }

    Map<String, String> texts() {
        Map<String, String> texts = new TreeMap<>();
        entries.forEach((name, bytes) -> texts.put(name, bytes.toString(StandardCharsets.US_ASCII)));
        return texts;
    }
}
