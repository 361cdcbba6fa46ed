package io.wsrep4j.gcomm.group.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.gcomm.group.connection.SendMonitor.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The queue of senders (docs/spec/gcs.md 14). */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SendMonitorTest {

    private final SendMonitor monitor = new SendMonitor(0);
    private final List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    @BeforeEach
    void open() {
        monitor.open();
    }

    /** A sender that writes its number; others may write it for it if {@code delegable}. */
    private final class Sender extends SendMonitor.Place {
        private final int number;
        private final boolean delegable;

        Sender(int number, boolean delegable) {
            this.number = number;
            this.delegable = delegable;
        }

        @Override
        boolean sendNow() {
            if (delegable) {
                write();
            }
            return delegable;
        }

        private void write() {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            order.add(number);
            inside.decrementAndGet();
        }

        Entry send(boolean ahead, long timeoutNanos) {
            Entry entry = monitor.enter(this, ahead, timeoutNanos);
            if (entry == Entry.ENTERED) {
                write();
                monitor.leave();
            }
            return entry;
        }
    }

    private CompletableFuture<Entry> start(Sender sender, boolean ahead) {
        long before = monitor.figures(0).users();
        CompletableFuture<Entry> call = new CompletableFuture<>();
        new Thread(() -> call.complete(sender.send(ahead, Long.MAX_VALUE))).start();
        GroupFixture.until(() -> monitor.figures(0).users() > before || call.isDone());
        return call;
    }

    @Test
    void sendersAreLetInOneAtATimeInTheOrderOfArrival() {
        for (boolean delegable : new boolean[] {false, true}) {
            order.clear();
            Sender first = new Sender(0, delegable);
            assertThat(monitor.enter(first, false, Long.MAX_VALUE)).isEqualTo(Entry.ENTERED);
            List<CompletableFuture<Entry>> calls = new ArrayList<>();
            for (int i = 1; i <= 50; i++) {
                calls.add(start(new Sender(i, delegable), false));
            }
            assertThat(monitor.figures(0).users()).isEqualTo(51);
            monitor.leave();
            calls.forEach(CompletableFuture::join);
            assertThat(order).hasSize(50).isSorted();
            assertThat(monitor.figures(0).users()).isZero();
        }
    }

    @Test
    void underLoadNobodyIsLostAndOnlyOneIsInside() throws InterruptedException {
        int threads = 8;
        int rounds = 5_000;
        CountDownLatch done = new CountDownLatch(threads);
        for (int t = 0; t < threads; t++) {
            int number = t;
            new Thread(() -> {
                        for (int i = 0; i < rounds; i++) {
                            new Sender(number, i % 3 != 0).send(false, Long.MAX_VALUE);
                        }
                        done.countDown();
                    })
                    .start();
        }
        done.await();
        assertThat(order).hasSize(threads * rounds);
        assertThat(most.get()).isEqualTo(1);
        assertThat(monitor.figures(0).users()).isZero();
    }

    @Test
    void aPauseHoldsSendersExceptThoseAhead() {
        monitor.pause(100);
        CompletableFuture<Entry> waiting = start(new Sender(1, true), false);
        assertThat(start(new Sender(2, true), true).join()).isEqualTo(Entry.ENTERED);
        assertThat(waiting).isNotDone();
        monitor.resume(150);
        assertThat(waiting.join()).isEqualTo(Entry.ENTERED);
        assertThat(order).containsExactly(2, 1);
        assertThat(monitor.figures(200).pausedNanos()).isEqualTo(50);
        assertThat(monitor.figures(200).pausedShare()).isEqualTo(0.25);
    }

    @Test
    void aWaitingSenderCanBeInterruptedAndAnAdmittedOneNot() {
        Sender first = new Sender(1, false);
        monitor.enter(first, false, Long.MAX_VALUE);
        Sender second = new Sender(2, false);
        CompletableFuture<Entry> waiting = start(second, false);
        Sender third = new Sender(3, false);
        CompletableFuture<Entry> last = start(third, false);
        assertThat(monitor.interrupt(second)).isTrue();
        assertThat(waiting.join()).isEqualTo(Entry.INTERRUPTED);
        assertThat(monitor.interrupt(first)).isFalse();
        monitor.leave();
        assertThat(last.join()).isEqualTo(Entry.ENTERED);
    }

    @Test
    void anInterruptBeforeTheCallEndsIt() {
        Sender sender = new Sender(1, false);
        assertThat(monitor.interrupt(sender)).isTrue();
        assertThat(sender.send(false, Long.MAX_VALUE)).isEqualTo(Entry.INTERRUPTED);
    }

    @Test
    void aTimedEntryGivesUp() {
        monitor.pause(0);
        assertThat(new Sender(1, false).send(false, 1_000_000)).isEqualTo(Entry.TIMED_OUT);
        assertThat(monitor.figures(0).users()).isZero();
    }

    @Test
    void closingTurnsEverybodyAway() {
        monitor.pause(0);
        CompletableFuture<Entry> waiting = start(new Sender(1, true), false);
        monitor.close(10);
        assertThat(waiting.join()).isEqualTo(Entry.CLOSED);
        assertThat(new Sender(2, true).send(false, Long.MAX_VALUE)).isEqualTo(Entry.CLOSED);
        monitor.open();
        assertThat(new Sender(3, true).send(false, Long.MAX_VALUE)).isEqualTo(Entry.ENTERED);
    }

    @Test
    void figuresCountThoseThatHadToQueue() {
        monitor.enter(new Sender(1, false), false, Long.MAX_VALUE);
        CompletableFuture<Entry> second = start(new Sender(2, false), false);
        CompletableFuture<Entry> third = start(new Sender(3, false), false);
        SendMonitor.Figures figures = monitor.figures(0);
        assertThat(figures.users()).isEqualTo(3);
        assertThat(figures.most()).isEqualTo(3);
        assertThat(figures.average()).isEqualTo(1.0); // 0, 1 and 2 others met
        monitor.leave();
        second.join();
        third.join();
        monitor.flush(0);
        assertThat(monitor.figures(0).most()).isZero();
        assertThat(monitor.figures(0).average()).isZero();
    }
}
