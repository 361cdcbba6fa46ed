package io.wsrep4j.ist;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** Keeps what it is given; may know some seqnos already. */
final class RecordingSink implements IstSink {

    record Entry(IstEvent event, boolean preload, boolean mustApply) {}

    final List<Entry> entries = new ArrayList<>();
    final Set<Long> cached = new HashSet<>();
    final CountDownLatch ended = new CountDownLatch(1);
    final List<Integer> reserved = new ArrayList<>();
    volatile IstException error;
    volatile long last;

    @Override
    public ByteBuffer reserve(long seqno, IstEvent.Kind kind, boolean preload, int length) {
        reserved.add(length);
        return cached.contains(seqno) ? null : ByteBuffer.allocateDirect(length);
    }

    @Override
    public void ordered(IstEvent event, boolean preload, boolean mustApply) {
        entries.add(new Entry(event, preload, mustApply));
    }

    @Override
    public void ended(long lastSeqno, IstException failure) {
        last = lastSeqno;
        error = failure;
        ended.countDown();
    }

    List<Long> seqnos() {
        return entries.stream().map(entry -> entry.event().seqno()).toList();
    }
}
