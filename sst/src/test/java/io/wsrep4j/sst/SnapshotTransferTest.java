package io.wsrep4j.sst;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** A snapshot that comes through: its bytes, its progress, and who waits for whom. */
final class SnapshotTransferTest extends DonorAndJoiner {

    /** Where silence would be a failure of the test: this machine may be busy. */
    private static final Duration LONGER_IDLE = Duration.ofSeconds(5);

    private static final long POLL_NANOS = Duration.ofMillis(10).toNanos();

    @Test
    void everyByteArrives() throws Exception {
        Map<String, byte[]> data = data(24 << 20);
        SnapshotReceiver receiver = receiver();
        MemorySource source = new MemorySource(data);
        SnapshotSender sender = sender(request(receiver), source);

        assertThat(get(receiver.end())).isEqualTo(POSITION);
        get(sender.end());
        assertThat(sink.completed).isEqualTo(POSITION);
        assertThat(sink.discarded).isZero();
        assertThat(sink.stillOpen()).isZero();
        assertThat(source.closed).hasValue(1);
        assertThat(sink.content()).containsOnlyKeys(data.keySet());
        data.forEach((name, bytes) -> assertThat(sink.bytes(name)).isEqualTo(bytes));
    }

    @RepeatedTest(100) // the joiner's answer comes while the donor still is about to wait for it
    void aBypassCarriesThePositionAndOpensNothing() throws Exception {
        SnapshotReceiver receiver = receiver();
        SnapshotSender sender = SnapshotSender.sendBypass(settings("n1"), request(receiver), POSITION);

        assertThat(get(receiver.end())).isEqualTo(POSITION);
        get(sender.end());
        assertThat(sink.bypassed).isEqualTo(POSITION);
        assertThat(sink.content()).isEmpty();
    }

    @Test
    void bothSidesSeeTheProgress() throws Exception {
        List<Long> received = new ArrayList<>();
        List<Long> sent = new ArrayList<>();
        List<Long> totals = new ArrayList<>();
        SnapshotReceiver receiver = SnapshotReceiver.listen(
                settings("n2"), new InetSocketAddress("127.0.0.1", 0), null, sink, (bytes, total) -> {
                    received.add(bytes);
                    totals.add(total);
                });
        Map<String, byte[]> data = data(6 << 20);
        SnapshotSender sender = SnapshotSender.send(
                settings("n1"),
                request(receiver),
                POSITION,
                () -> new MemorySource(data),
                (bytes, total) -> sent.add(bytes));
        get(receiver.end());
        get(sender.end());

        assertThat(received).isSorted().startsWith(0L).endsWith(6L << 20);
        assertThat(sent).isSorted().startsWith(0L).endsWith(6L << 20);
        assertThat(totals).containsOnly(6L << 20);
    }

    @Test
    void progressIsToldNoMoreOftenThanAskedFor() {
        AtomicLong now = new AtomicLong(1000);
        List<Long> told = new ArrayList<>();
        ProgressMeter meter = new ProgressMeter((bytes, total) -> told.add(bytes), 100, now::get);
        meter.begin(50);
        for (int i = 0; i < 25; i++) {
            now.addAndGet(10);
            meter.add(2);
        }
        meter.end();
        assertThat(told).containsExactly(0L, 20L, 40L, 50L);
    }

    @Test
    void theDonorIsHeldUpOnlyForTheOpening() throws Exception {
        SnapshotReceiver receiver = receiver();
        Pipe slowDisk = Pipe.open();
        // nothing can be read yet, but the donor goes on at once
        SnapshotSender sender =
                sender(request(receiver), MemorySource.of(() -> new SnapshotEntry("slow", -1, slowDisk.source())));
        assertThat(sender.end()).isNotDone();
        slowDisk.sink().write(ByteBuffer.wrap("late".getBytes(StandardCharsets.US_ASCII)));
        slowDisk.sink().close();
        get(receiver.end());
        assertThat(sink.texts()).containsEntry("slow", "late");
    }

    @Test
    void aSlowJoinerHoldsTheDonorBackAndIsNotTakenForDead() throws Exception {
        WatchedSink slow = new WatchedSink(sink, 1);
        SnapshotReceiver receiver = receiver(settings("n2").withIdleTimeout(LONGER_IDLE), slow);
        EndlessSource source = new EndlessSource();
        SnapshotSender sender = sender(settings("n1").withIdleTimeout(LONGER_IDLE), request(receiver), source);
        slow.begun.await();
        // it reads on until everything between is full, and then stands still for longer than the idle timeout
        long before = -1;
        long since = System.nanoTime();
        while (System.nanoTime() - since < LONGER_IDLE.toNanos() * 2) {
            if (source.given.get() != before) {
                before = source.given.get();
                since = System.nanoTime();
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        assertThat(before).isLessThan(64L << 20);
        assertThat(sender.end()).isNotDone();
        assertThat(receiver.end()).isNotDone();
        slow.goOn.countDown();
        while (source.given.get() <= before) {
            assertThat(sender.end()).isNotDone();
            LockSupport.parkNanos(POLL_NANOS);
        }
        sender.cancel("seen enough");
        assertThat(failure(receiver.end())).hasMessageContaining("seen enough");
    }

    @Test
    void theHostsFileIsReadOnAThreadOfTheTransfer() throws Exception {
        SnapshotReceiver receiver = receiver();
        CompletableFuture<String> reader = new CompletableFuture<>();
        sender(request(receiver), MemorySource.of(() -> {
            reader.complete(Thread.currentThread().getName());
            return new SnapshotEntry("x", 0, Channels.newChannel(InputStream.nullInputStream()));
        }));
        get(receiver.end());
        assertThat(get(reader)).isEqualTo("wsrep4j-snapshot-giver-n1");
    }
}
