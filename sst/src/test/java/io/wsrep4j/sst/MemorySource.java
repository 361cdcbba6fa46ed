package io.wsrep4j.sst;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A snapshot of named byte arrays. Counts how often it was closed. */
final class MemorySource implements SnapshotSource {

    final AtomicInteger closed = new AtomicInteger();
    private final long total;
    private final Iterator<Supplier<SnapshotEntry>> entries;

    MemorySource(Map<String, byte[]> data) {
        total = data.values().stream().mapToLong(bytes -> bytes.length).sum();
        entries = data.entrySet().stream()
                .<Supplier<SnapshotEntry>>map(entry -> () -> SnapshotEntry.of(
                        entry.getKey(), entry.getValue().length, new ByteArrayInputStream(entry.getValue())))
                .iterator();
    }

    private MemorySource(List<Supplier<SnapshotEntry>> entries) {
        total = -1;
        this.entries = entries.iterator();
    }

    static MemorySource of(Supplier<SnapshotEntry> entry) {
        return new MemorySource(List.of(entry));
    }

    @Override
    public long totalBytes() {
        return total;
    }

    @Override
    public SnapshotEntry next() throws IOException {
        return entries.hasNext() ? entries.next().get() : null;
    }

    @Override
    public void close() {
        closed.incrementAndGet();
    }
}
