package io.wsrep4j.ist;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.kit.EndingLoop;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A loop that ends loses nothing that it took. */
@Timeout(120)
final class TransferLoopTest {

    private static final class Loop implements EndingLoop {

        private final TransferLoop loop = new TransferLoop("ending");

        @Override
        public boolean execute(Runnable task) {
            return loop.execute(task);
        }

        @Override
        public void end() throws InterruptedException {
            loop.end(5);
            assertThat(loop.group().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whatWasTakenIsRunAndWhoComesTooLateIsToldSo() throws Exception {
        EndingLoop.assertNoTaskIsLost(300, Loop::new);
    }
}
