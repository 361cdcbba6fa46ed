package io.wsrep4j.gcomm.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.wsrep4j.kit.EndingLoop;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** An event loop that ends loses nothing that other threads gave it. */
@Timeout(120)
final class StackRunnerTest {

    private static final class Loop implements EndingLoop {

        private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("ending", true), SocketFamily.best().ioHandlerFactory());
        private final StackRunner runner =
                new StackRunner(group.next(), System::nanoTime, LoggerFactory.getLogger("ending"));

        @Override
        public boolean execute(Runnable task) {
            return runner.execute(task);
        }

        @Override
        public void end() throws InterruptedException {
            runner.stop();
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
            assertThat(group.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whatWasTakenIsRunAndWhoComesTooLateIsToldSo() throws Exception {
        EndingLoop.assertNoTaskIsLost(300, Loop::new);
    }
}
