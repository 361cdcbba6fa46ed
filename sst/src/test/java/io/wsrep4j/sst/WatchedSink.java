package io.wsrep4j.sst;

import io.wsrep4j.api.Gtid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.CountDownLatch;

/** Lets a test look when the first bytes have come, and can make its host slow. */
final class WatchedSink implements SnapshotSink {

    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch goOn;
    private final MemorySink sink;

    WatchedSink(MemorySink sink, int holds) {
        this.sink = sink;
        goOn = new CountDownLatch(holds);
    }

    @Override
    public WritableByteChannel open(String name, long size) {
        WritableByteChannel inner = sink.open(name, size);
        return new WritableByteChannel() {
            @Override
            public int write(ByteBuffer source) throws IOException {
                begun.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new IOException("interrupted", e);
                }
                return inner.write(source);
            }

            @Override
            public boolean isOpen() {
                return inner.isOpen();
            }

            @Override
            public void close() throws IOException {
                inner.close();
            }
        };
    }

    @Override
    public void complete(Gtid position) throws IOException {
        sink.complete(position);
    }

    @Override
    public void bypass(Gtid position) {
        sink.bypass(position);
    }

    @Override
    public void discard() {
        sink.discard();
    }
}
