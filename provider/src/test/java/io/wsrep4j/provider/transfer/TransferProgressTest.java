package io.wsrep4j.provider.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** docs/spec/replicator-state-transfer.md 26.1. */
final class TransferProgressTest {

    private final List<String> told = new ArrayList<>();
    private final AtomicLong now = new AtomicLong(7);
    private final TransferProgress progress =
            new TransferProgress((name, json) -> told.add(name + " " + json), now::get);

    private static String report(long total, long done) {
        return "progress { \"from\": 1, \"to\": 3, \"total\": " + total + ", \"done\": " + done
                + ", \"undefined\": -1 }";
    }

    private void steps(int count) {
        for (int i = 0; i < count; i++) {
            progress.step();
        }
    }

    @Test
    void beginAndEndAreToldAndBetweenThemOnlyWhatIsNewEnough() {
        progress.begin(100);
        steps(40);
        assertThat(told).containsExactly(report(100, 0));
        now.addAndGet(TransferProgress.PERIOD_NANOS);
        steps(1);
        assertThat(told).containsExactly(report(100, 0), report(100, 41));
        now.addAndGet(TransferProgress.PERIOD_NANOS);
        steps((int) TransferProgress.STEP - 1);
        assertThat(told).hasSize(2);
        steps(1);
        assertThat(told).last().isEqualTo(report(100, 57));
        steps(43);
        progress.end();
        progress.end();
        assertThat(told).hasSize(4).last().isEqualTo(report(100, 100));
    }

    @Test
    void whatIsNoTransferIsNotTold() {
        steps(100);
        progress.end();
        progress.begin(0);
        now.addAndGet(TransferProgress.PERIOD_NANOS);
        steps(100);
        progress.end();
        assertThat(told).isEmpty();
    }

    @Test
    void aHostThatWantsNoReportsGetsNone() {
        TransferProgress silent = new TransferProgress(null, now::get);
        silent.begin(5);
        silent.step();
        silent.end();
        assertThat(told).isEmpty();
    }
}
