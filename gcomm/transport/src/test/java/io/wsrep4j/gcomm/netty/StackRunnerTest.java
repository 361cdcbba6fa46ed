package io.wsrep4j.gcomm.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** An event loop that ends loses nothing that other threads gave it. */
@Timeout(120)
final class StackRunnerTest {

    private static final int ROUNDS = 300;
    private static final int OTHERS = 3;

    @Test
    void whatWasTakenIsRunAndWhoComesTooLateIsToldSo() throws Exception {
        long tooLate = 0;
        for (int round = 0; round < ROUNDS; round++) {
            EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                    1,
                    new DefaultThreadFactory("ending", true),
                    SocketFamily.best().ioHandlerFactory());
            StackRunner runner = new StackRunner(group.next(), System::nanoTime, LoggerFactory.getLogger("ending"));
            AtomicInteger taken = new AtomicInteger();
            AtomicInteger run = new AtomicInteger();
            AtomicInteger refused = new AtomicInteger();
            CountDownLatch underWay = new CountDownLatch(OTHERS);
            List<Thread> others = new ArrayList<>();
            for (int i = 0; i < OTHERS; i++) {
                Thread other = new Thread(() -> {
                    while (refused.get() == 0) {
                        if (runner.execute(run::incrementAndGet)) {
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
            runner.stop();
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
            for (Thread other : others) {
                other.join();
            }
            assertThat(group.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            assertThat(run).hasValue(taken.get());
            tooLate += refused.get();
        }
        assertThat(tooLate).isPositive();
    }
}
