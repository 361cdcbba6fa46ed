package io.wsrep4j.ist;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A loop that ends loses nothing that it took. */
@Timeout(120)
final class TransferLoopTest {

    private static final int ROUNDS = 300;
    private static final int OTHERS = 3;

    @Test
    void whatWasTakenIsRunAndWhoComesTooLateIsToldSo() throws Exception {
        long tooLate = 0;
        for (int round = 0; round < ROUNDS; round++) {
            TransferLoop loop = new TransferLoop("ending");
            AtomicInteger taken = new AtomicInteger();
            AtomicInteger run = new AtomicInteger();
            AtomicInteger refused = new AtomicInteger();
            CountDownLatch underWay = new CountDownLatch(OTHERS);
            List<Thread> others = new ArrayList<>();
            for (int i = 0; i < OTHERS; i++) {
                Thread other = new Thread(() -> {
                    while (refused.get() == 0) {
                        if (loop.execute(run::incrementAndGet)) {
                            taken.incrementAndGet();
                        } else {
                            refused.incrementAndGet();
                        }
                        underWay.countDown();
                    }
                });
                others.add(other);
                other.start();
            }
            underWay.await();
            loop.end(5);
            for (Thread other : others) {
                other.join();
            }
            assertThat(loop.group().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            assertThat(run).hasValue(taken.get());
            tooLate += refused.get();
        }
        assertThat(tooLate).isPositive();
    }
}
