package io.wsrep4j.provider.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.provider.OwnThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class OrderMonitorTest {

    private static final Uuid HISTORY = new Uuid(1, 2);

    private static OrderMonitor at(long seqno, boolean strict) {
        OrderMonitor monitor = new OrderMonitor(strict);
        monitor.initialPosition(HISTORY, seqno);
        return monitor;
    }

    @Test
    void manyThreadsPassAStrictOrderOneAfterTheOther() throws Exception {
        OrderMonitor monitor = at(0, true);
        AtomicLong next = new AtomicLong();
        ConcurrentLinkedQueue<Long> inside = new ConcurrentLinkedQueue<>();
        List<OwnThread<Void>> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            threads.add(OwnThread.calling(() -> {
                for (int i = 0; i < 5_000; i++) {
                    long seqno = next.incrementAndGet();
                    assertThat(monitor.enter(seqno, seqno - 1)).isTrue();
                    inside.add(seqno);
                    monitor.leave(seqno);
                }
                return null;
            }));
        }
        for (OwnThread<Void> thread : threads) {
            thread.get();
        }
        assertThat(List.copyOf(inside)).hasSize(40_000).isSorted();
        assertThat(monitor.lastLeft()).isEqualTo(40_000);
    }

    @Test
    void whatIsSkippedFarAheadPassesOnceTheOthersHaveComeNear() {
        OrderMonitor monitor = at(0, true);
        long far = OrderMonitor.WINDOW + 5L;
        monitor.skipWhenNear(far + 1);
        monitor.skipWhenNear(far);
        monitor.skipWhenNear(far + OrderMonitor.WINDOW);
        for (long seqno = 1; seqno < far; seqno++) {
            assertThat(monitor.lastLeft()).isEqualTo(seqno - 1);
            monitor.skip(seqno);
        }
        assertThat(monitor.lastLeft()).isEqualTo(far + 1);
        for (long seqno = far + 2; seqno < far + OrderMonitor.WINDOW; seqno++) {
            monitor.skipWhenNear(seqno);
        }
        assertThat(monitor.lastLeft()).isEqualTo(far + OrderMonitor.WINDOW);
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
    void aWaitingThreadIsInterruptedAndMayComeAgain() throws Exception {
        OrderMonitor monitor = at(0, true);
        OwnThread<Boolean> waiting = OwnThread.calling(() -> monitor.enter(2, 1));
        waiting.awaitWaiting();
        assertThat(monitor.figures().waits()).isEqualTo(1);
        assertThat(monitor.interrupt(2)).isTrue();
        assertThat(waiting.get()).isFalse();
        monitor.skip(1);
        assertThat(monitor.enter(2, 1)).isTrue();
        monitor.leave(2);
        assertThat(monitor.lastLeft()).isEqualTo(2);
    }

    @Test
    void aSkippedSeqnoLetsTheNextOneIn() throws Exception {
        OrderMonitor monitor = at(0, true);
        OwnThread<Boolean> waiting = OwnThread.calling(() -> monitor.enter(3, 2));
        waiting.awaitWaiting();
        monitor.skip(2);
        waiting.assertHeldBack();
        monitor.skip(1);
        assertThat(waiting.get()).isTrue();
    }

    @Test
    void aDrainKeepsLaterSeqnosOutUntilItIsOver() throws Exception {
        OrderMonitor monitor = at(0, false);
        assertThat(monitor.enter(1, -1)).isTrue();
        OwnThread<Void> drain = OwnThread.calling(() -> {
            monitor.drain(1);
            return null;
        });
        drain.awaitWaiting();
        OwnThread<Boolean> later = OwnThread.calling(() -> monitor.enter(2, -1));
        later.assertHeldBack();
        drain.assertHeldBack();
        monitor.leave(1);
        drain.get();
        assertThat(later.get()).isTrue();
    }

    @Test
    void aWaitEndsWithThePositionOrInTime() throws Exception {
        OrderMonitor monitor = at(5, true);
        assertThat(monitor.await(5, 0)).isTrue();
        assertThat(monitor.await(6, 1_000_000)).isFalse();
        OwnThread<Boolean> waiting = OwnThread.calling(() -> monitor.await(7, Long.MAX_VALUE));
        waiting.awaitWaiting();
        monitor.skip(6);
        waiting.assertHeldBack();
        monitor.skip(7);
        assertThat(waiting.get()).isTrue();
    }

    @Test
    void aSeqnoBeyondTheWindowWaitsForItsTurn() throws Exception {
        OrderMonitor monitor = at(0, false);
        long far = OrderMonitor.WINDOW;
        OwnThread<Boolean> waiting = OwnThread.calling(() -> monitor.enter(far, -1));
        waiting.assertHeldBack();
        monitor.skip(1);
        assertThat(waiting.get()).isTrue();
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

    @Test
    void anAbandonedOrderSendsEverybodyAwayAndStaysWhereItWas() throws Exception {
        OrderMonitor monitor = at(0, false);
        assertThat(monitor.enter(1, 0)).isTrue();
        OwnThread<Boolean> next = OwnThread.calling(() -> monitor.enter(2, 1));
        OwnThread<Boolean> waiting = OwnThread.calling(() -> monitor.await(2, Long.MAX_VALUE));
        OwnThread<Void> draining = OwnThread.calling(() -> {
            monitor.drain(2);
            return null;
        });
        next.awaitWaiting();
        waiting.awaitWaiting();
        draining.awaitWaiting();

        monitor.abandon();

        for (OwnThread<?> sent : List.of(next, waiting, draining)) {
            assertThatThrownBy(sent::get).hasCauseInstanceOf(OrderAbandonedException.class);
        }
        assertThatThrownBy(() -> monitor.enter(3, 0)).isInstanceOf(OrderAbandonedException.class);
        monitor.skip(3);
        monitor.leave(1);
        assertThat(monitor.lastLeft()).isZero();
        assertThat(monitor.interrupt(2)).isFalse();

        monitor.begin(HISTORY, 5);
        monitor.leave(1);
        assertThat(monitor.enter(6, 5)).isTrue();
        monitor.leave(6);
        assertThat(monitor.lastLeft()).isEqualTo(6);
    }

    /** It met an illegal state before, and then waited for ever to get past. */
    @Test
    void whoWaitsWhileCountingBeginsAnewIsSentAwayAndNotTakenForInterrupted() throws Exception {
        OrderMonitor monitor = at(0, true);
        OwnThread<Boolean> waiting = OwnThread.calling(() -> monitor.enter(2, 1));
        waiting.awaitWaiting();

        monitor.initialPosition(Uuid.UNDEFINED, -1);

        assertThatThrownBy(waiting::get).hasCauseInstanceOf(OrderAbandonedException.class);
    }

    @Test
    void thePositionSaysAllThatWasDoneOnlyWhenNobodyIsInside() {
        OrderMonitor monitor = at(0, false);
        assertThat(monitor.isIdle()).isTrue();
        assertThat(monitor.enter(1, 0)).isTrue();
        assertThat(monitor.isIdle()).isFalse();
        monitor.leave(1);
        assertThat(monitor.isIdle()).isTrue();
    }
}
