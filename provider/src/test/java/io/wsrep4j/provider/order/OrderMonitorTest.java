package io.wsrep4j.provider.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Uuid;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class OrderMonitorTest {

    private static final Uuid HISTORY = new Uuid(1, 2);

    private static OrderMonitor at(long seqno, boolean strict) {
        OrderMonitor monitor = new OrderMonitor(strict);
        monitor.initialPosition(HISTORY, seqno);
        return monitor;
    }

    @Test
    void manyThreadsPassAStrictOrderOneAfterTheOther() {
        OrderMonitor monitor = at(0, true);
        AtomicLong next = new AtomicLong();
        ConcurrentLinkedQueue<Long> inside = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            threads.add(CompletableFuture.runAsync(
                    () -> {
                        for (int i = 0; i < 5_000; i++) {
                            long seqno = next.incrementAndGet();
                            assertThat(monitor.enter(seqno, seqno - 1)).isTrue();
                            inside.add(seqno);
                            monitor.leave(seqno);
                        }
                    },
                    task -> new Thread(task).start()));
        }
        threads.forEach(CompletableFuture::join);
        assertThat(List.copyOf(inside)).hasSize(40_000).isSorted();
        assertThat(monitor.lastLeft()).isEqualTo(40_000);
    }

    @Test
    void whoLeavesEarlyCountsOnlyOnceEverybodyBeforeHasLeft() {
        OrderMonitor monitor = at(10, false);
        assertThat(monitor.enter(12, 10)).isTrue();
        assertThat(monitor.enter(11, 10)).isTrue();
        monitor.leave(12);
        assertThat(monitor.lastLeft()).isEqualTo(10);
        monitor.leave(11);
        assertThat(monitor.lastLeft()).isEqualTo(12);
        assertThat(monitor.figures().outOfOrderEntered()).isEqualTo(0.5);
        assertThat(monitor.figures().outOfOrderLeft()).isEqualTo(0.5);
    }

    @Test
    void anInterruptHitsWhoIsNotInsideYetAndOnlyThem() {
        OrderMonitor monitor = at(0, true);
        assertThat(monitor.interrupt(1)).isTrue();
        assertThat(monitor.enter(1, 0)).isFalse();
        assertThat(monitor.enter(1, 0)).isTrue();
        assertThat(monitor.interrupt(1)).isFalse();
        monitor.leave(1);
        assertThat(monitor.interrupt(1)).isFalse();
    }

    @Test
    void aWaitingThreadIsInterruptedAndMayComeAgain() {
        OrderMonitor monitor = at(0, true);
        CompletableFuture<Boolean> waiting =
                CompletableFuture.supplyAsync(() -> monitor.enter(2, 1), task -> new Thread(task).start());
        while (monitor.figures().waits() == 0) {
            Thread.onSpinWait();
        }
        assertThat(monitor.interrupt(2)).isTrue();
        assertThat(waiting.join()).isFalse();
        monitor.skip(1);
        assertThat(monitor.enter(2, 1)).isTrue();
        monitor.leave(2);
        assertThat(monitor.lastLeft()).isEqualTo(2);
    }

    @Test
    void aSkippedSeqnoLetsTheNextOneIn() {
        OrderMonitor monitor = at(0, true);
        CompletableFuture<Boolean> waiting =
                CompletableFuture.supplyAsync(() -> monitor.enter(3, 2), task -> new Thread(task).start());
        monitor.skip(2);
        assertThat(waiting).isNotDone();
        monitor.skip(1);
        assertThat(waiting.join()).isTrue();
    }

    @Test
    void aDrainKeepsLaterSeqnosOutUntilItIsOver() {
        OrderMonitor monitor = at(0, false);
        assertThat(monitor.enter(1, -1)).isTrue();
        CompletableFuture<Void> drained =
                CompletableFuture.runAsync(() -> monitor.drain(1), task -> new Thread(task).start());
        monitor.leave(1);
        drained.join();
        assertThat(monitor.enter(2, -1)).isTrue();
    }

    @Test
    void aWaitEndsWithThePositionOrInTime() {
        OrderMonitor monitor = at(5, true);
        assertThat(monitor.await(5, 0)).isTrue();
        assertThat(monitor.await(6, 1_000_000)).isFalse();
        CompletableFuture<Boolean> waiting =
                CompletableFuture.supplyAsync(() -> monitor.await(7, Long.MAX_VALUE), task -> new Thread(task).start());
        monitor.skip(6);
        monitor.skip(7);
        assertThat(waiting.join()).isTrue();
    }

    @Test
    void aSeqnoBeyondTheWindowWaitsForItsTurn() {
        OrderMonitor monitor = at(0, false);
        long far = OrderMonitor.WINDOW;
        CompletableFuture<Boolean> waiting =
                CompletableFuture.supplyAsync(() -> monitor.enter(far, -1), task -> new Thread(task).start());
        monitor.skip(1);
        assertThat(waiting.join()).isTrue();
        monitor.leave(far);
    }

    @Test
    void thePositionOnlyMovesForwardOnceSet() {
        OrderMonitor monitor = at(5, true);
        monitor.initialPosition(HISTORY, 3);
        assertThat(monitor.lastLeft()).isEqualTo(5);
        monitor.initialPosition(HISTORY, 9);
        assertThat(monitor.lastLeft()).isEqualTo(9);
        monitor.initialPosition(Uuid.UNDEFINED, -1);
        assertThat(monitor.lastLeft()).isEqualTo(-1);
    }

    @Test
    void aNodeThatLeavesSkipsOnlyWhatSomebodyMayWaitBehind() {
        OrderMonitor monitor = at(10, true);

        monitor.skipIfNear(9);
        monitor.skipIfNear(10 + OrderMonitor.WINDOW);
        monitor.skipIfNear(12);
        monitor.skipIfNear(11);

        assertThat(monitor.lastLeft()).isEqualTo(12);
    }
}
