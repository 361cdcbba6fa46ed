package io.wsrep4j.tests.transfer;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.sst.SnapshotEntry;
import io.wsrep4j.sst.SnapshotSink;
import io.wsrep4j.sst.SnapshotSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/** A table of rows as a snapshot: an entry a row. */
public final class RowSnapshot {

    private RowSnapshot() {}

    /** Where a test can hold a joiner. */
    @FunctionalInterface
    public interface Gate {
        /** Never closed. */
        Gate OPEN = () -> {};

        void pass() throws InterruptedException;
    }

    /** The rows as they are when it is made. */
    static final class Source implements SnapshotSource {
        private final Map<String, byte[]> rows;
        private final Iterator<Map.Entry<String, byte[]>> next;

        Source(Map<String, byte[]> rows) {
            this.rows = new TreeMap<>(rows);
            next = this.rows.entrySet().iterator();
        }

        @Override
        public long totalBytes() {
            return rows.values().stream().mapToLong(row -> row.length).sum();
        }

        @Override
        public SnapshotEntry next() {
            if (!next.hasNext()) {
                return null;
            }
            Map.Entry<String, byte[]> row = next.next();
            return SnapshotEntry.of(row.getKey(), row.getValue().length, new ByteArrayInputStream(row.getValue()));
        }

        @Override
        public void close() {
            // memory only
        }
    }

    /** Becomes the host's rows when it is whole. */
    static final class Sink implements SnapshotSink {
        private final Map<String, byte[]> rows;
        private final Gate gate;
        private final Map<String, ByteArrayOutputStream> coming = new TreeMap<>();

        Sink(Map<String, byte[]> rows, Gate gate) {
            this.rows = rows;
            this.gate = gate;
        }

        @Override
        public WritableByteChannel open(String name, long size) {
            ByteArrayOutputStream row = new ByteArrayOutputStream();
            coming.put(name, row);
            return new WritableByteChannel() {
                private boolean closed;

                @Override
                public int write(ByteBuffer source) throws IOException {
                    try {
                        gate.pass();
                    } catch (InterruptedException e) {
                        throw new IOException("interrupted while it took a snapshot", e);
                    }
                    byte[] bytes = new byte[source.remaining()];
                    source.get(bytes);
                    row.write(bytes);
                    return bytes.length;
                }

                @Override
                public boolean isOpen() {
                    return !closed;
                }

                @Override
                public void close() {
                    closed = true;
                }
            };
        }

        @Override
        public void complete(Gtid position) {
            rows.clear();
            coming.forEach((key, row) -> rows.put(key, row.toByteArray()));
        }

        @Override
        public void bypass(Gtid position) {
            // the rows stand
        }

        @Override
        public void discard() {
            coming.clear();
        }
    }
}
