package io.wsrep4j.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.flow.FlowControl.Role;
import io.wsrep4j.flow.FlowControl.Signal;
import java.util.PrimitiveIterator;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** Flow control of one member over a virtual queue and a virtual clock: a writer elsewhere in the group, an applier here. */
final class VirtualQueueTest {

    private static final int FLIGHT_TICKS = 3;

    /** What happened over a run. */
    private record Run(long longest, long arrived, long applied, long pausedTicks, FlowControl flow) {}

    /** A writer adds an action each tick unless paused; the pause takes some ticks to reach it. The applier takes as many a tick as it can. */
    private static Run run(FlowControl flow, int ticks, LongUnaryOperator applies) {
        long queue = 0;
        long longest = 0;
        long arrived = 0;
        long applied = 0;
        long paused = 0;
        Signal[] inFlight = new Signal[ticks + FLIGHT_TICKS + 1];
        boolean stopped = false;
        for (int tick = 0; tick < ticks; tick++) {
            Signal delivered = inFlight[tick];
            if (delivered != null) {
                Signal effect = flow.delivered(7, delivered == Signal.STOP);
                stopped = effect == Signal.NONE ? stopped : effect == Signal.STOP;
            }
            Signal signal = Signal.NONE;
            if (stopped) {
                paused++;
            } else {
                arrived++;
                signal = flow.queued(++queue);
            }
            longest = Math.max(longest, queue);
            for (long left = Math.min(queue, applies.applyAsLong(tick)); left > 0; left--) {
                applied++;
                Signal after = flow.taken(--queue);
                signal = after == Signal.NONE ? signal : after;
            }
            if (signal != Signal.NONE) {
                inFlight[tick + FLIGHT_TICKS] = signal;
            }
        }
        return new Run(longest, arrived, applied, paused, flow);
    }

    private static FlowControl member(Role role, boolean syncDonor) {
        FlowControl flow = new FlowControl(new FlowSettings(16, 0.5, false, syncDonor, Long.MAX_VALUE, 0.25, 0.25));
        flow.configurationChanged(7, 1);
        flow.role(role, 0);
        return flow;
    }

    @Test
    void aSlowApplierHoldsTheGroupToItsPace() {
        Run run = run(member(Role.SYNCED, false), 100_000, tick -> tick % 4 == 0 ? 1 : 0);
        assertThat(run.longest()).isBetween(17L, 16L + FLIGHT_TICKS + 1);
        assertThat(run.applied()).isBetween(24_900L, 25_000L);
        assertThat(run.pausedTicks()).isBetween(70_000L, 78_000L);
        assertThat(run.flow().stopsSent()).isEqualTo(run.flow().stopsReceived());
    }

    @Test
    void aFastApplierNeverPausesTheGroup() {
        Run run = run(member(Role.SYNCED, false), 100_000, tick -> 1);
        assertThat(run.pausedTicks()).isZero();
        assertThat(run.flow().stopsSent()).isZero();
    }

    @Test
    void aBurstyApplierPausesTheGroupOnlyWhenABurstOutgrowsTheQueue() {
        Run shortBursts = run(member(Role.SYNCED, false), 10_000, tick -> tick % 100 < 15 ? 0 : 2);
        assertThat(shortBursts.longest()).isEqualTo(16);
        assertThat(shortBursts.pausedTicks()).isZero();
        assertThat(shortBursts.flow().stopsSent()).isZero();
        Run longerBursts = run(member(Role.SYNCED, false), 10_000, tick -> tick % 100 < 16 ? 0 : 2);
        assertThat(longerBursts.longest()).isEqualTo(17);
        assertThat(longerBursts.flow().stopsSent()).isEqualTo(100);
        Random random = new Random(11);
        PrimitiveIterator.OfInt dice = random.ints(0, 100).iterator();
        Run bursty =
                run(member(Role.SYNCED, false), 50_000, tick -> tick / 100 % 2 == 0 || dice.nextInt() < 10 ? 1 : 0);
        assertThat(bursty.longest()).isBetween(17L, 16L + FLIGHT_TICKS + 1);
        assertThat(bursty.pausedTicks()).isPositive().isLessThan(25_000L);
        assertThat(bursty.arrived() - bursty.applied()).isLessThanOrEqualTo(20L);
    }

    @Test
    void aDonorLetsItsQueueGrowAndTheGroupGoesOn() {
        Run run = run(member(Role.DONOR, false), 10_000, tick -> 0);
        assertThat(run.pausedTicks()).isZero();
        assertThat(run.longest()).isEqualTo(10_000);
    }

    @Test
    void aDonorWithSyncDonorHoldsTheGroup() {
        Run run = run(member(Role.DONOR, true), 10_000, tick -> 0);
        assertThat(run.longest()).isEqualTo(16 + FLIGHT_TICKS);
    }

    @Test
    void aJoinerIsSlowedDownLinearlyBetweenTheLimits() {
        FlowSettings settings = new FlowSettings(16, 1, false, false, 1_000_000, 0.25, 0.25);
        TransferThrottle throttle = new TransferThrottle(settings);
        long now = 1_000_000_000L;
        throttle.begin(0, now);
        long arrivalNanos = 1_000_000;
        int bytes = 1_000;
        long slowest = 0;
        long nearTheEnd = 0;
        long atSoft = -1;
        for (long size = 0; size < 900_000 - bytes; size += bytes) {
            now += arrivalNanos;
            if (size == 900_000 - 51 * bytes) {
                nearTheEnd = now;
            }
            long pause = throttle.queued(bytes, now);
            assertThat(pause).isNotNegative().isLessThan(TransferThrottle.FOREVER);
            if (size + bytes <= 225_000) {
                assertThat(pause).isZero();
            }
            if (pause > 0 && atSoft < 0) {
                atSoft = size;
            }
            now += pause;
            slowest = Math.max(slowest, pause);
        }
        assertThat(atSoft).isGreaterThanOrEqualTo(225_000);
        assertThat(slowest).isBetween(2_000_000L, 4_000_000L);
        // a quarter of the first rate would be 4 ms an action; a pause also counts in the time before the next one
        // (docs/spec/gcs.md 13), so it is less
        assertThat((now - nearTheEnd) / 50).isBetween(2_000_000L, 4_000_000L);
        assertThat(throttle.queued(2 * bytes, now)).isEqualTo(TransferThrottle.EXCEEDED);
    }

    @Test
    void aJoinerWithoutLowestRateStopsTheGroupAtTheHardLimit() {
        TransferThrottle throttle = new TransferThrottle(new FlowSettings(16, 1, false, false, 1_000_000, 0.25, 0.0));
        throttle.begin(0, 0);
        assertThat(throttle.queued(900_000, 5_000_000)).isEqualTo(TransferThrottle.FOREVER);
    }

    @Test
    void aJoinerWithoutLimitIsNeverSlowed() {
        TransferThrottle throttle = new TransferThrottle(FlowSettings.DEFAULT);
        throttle.begin(0, 0);
        for (int i = 0; i < 1000; i++) {
            assertThat(throttle.queued(1 << 30, i)).isZero();
        }
    }

    @Test
    void pausesAreMeteredWithTheOneInProgress() {
        PauseMeter meter = new PauseMeter(100);
        meter.pause(200);
        assertThat(meter.pausedNanos(250)).isEqualTo(50);
        meter.resume(300);
        meter.resume(400);
        assertThat(meter.pausedNanos(500)).isEqualTo(100);
        assertThat(meter.pausedShare(500)).isEqualTo(0.25);
        meter.flush(500);
        assertThat(meter.pausedShare(600)).isZero();
        assertThat(meter.pausedNanos(600)).isEqualTo(100);
    }

    @Test
    void queueFiguresBeginAnewAtAFlush() {
        QueueStatistics statistics = new QueueStatistics();
        for (int i = 0; i < 4; i++) {
            statistics.sample(i);
            statistics.length(i + 1);
        }
        statistics.length(2);
        assertThat(statistics.average()).isEqualTo(1.5);
        assertThat(statistics.longest()).isEqualTo(4);
        assertThat(statistics.shortest()).isZero();
        statistics.flush();
        assertThat(statistics.longest()).isEqualTo(2);
        assertThat(statistics.shortest()).isEqualTo(2);
        assertThat(statistics.average()).isZero();
    }
}
