package io.wsrep4j.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.flow.FlowControl.Role;
import io.wsrep4j.flow.FlowControl.Signal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The rules of STOP and CONT (docs/spec/gcs.md 12, checklist 42 to 49). */
final class FlowControlTest {

    private static FlowSettings limit(long limit, double factor) {
        return new FlowSettings(limit, factor, false, false, Long.MAX_VALUE, 0.25, 0.25);
    }

    private static FlowControl synced(long limit, double factor, int members) {
        FlowControl flow = new FlowControl(limit(limit, factor));
        flow.configurationChanged(7, members);
        flow.role(Role.SYNCED, 0);
        return flow;
    }

    @Test
    void intervalsAreThoseOfTheGoldenVectors() throws IOException {
        String text;
        try (InputStream in = getClass().getResourceAsStream("/vectors/gcs/fc_limits.json")) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Matcher cases = Pattern.compile("\"fc_limit\": (\\d+),\\s*\"fc_factor\": ([\\d.]+),\\s*\"members\": (\\d+),"
                        + "\\s*\"single_primary\": (true|false),\\s*\"lower\": (\\d+),\\s*\"upper\": (\\d+)")
                .matcher(text);
        int count = 0;
        for (; cases.find(); count++) {
            FlowControl flow = new FlowControl(new FlowSettings(
                    Long.parseLong(cases.group(1)),
                    Double.parseDouble(cases.group(2)),
                    Boolean.parseBoolean(cases.group(4)),
                    false,
                    Long.MAX_VALUE,
                    0.25,
                    0.25));
            flow.configurationChanged(1, Integer.parseInt(cases.group(3)));
            assertThat(flow.lower() + ".." + flow.upper()).isEqualTo(cases.group(5) + ".." + cases.group(6));
        }
        assertThat(count).isEqualTo(11);
    }

    @Test
    void stopIsSentAboveTheUpperLimitAndOnlyOnce() {
        FlowControl flow = synced(16, 1.0, 1);
        for (int length = 1; length <= 16; length++) {
            assertThat(flow.queued(length)).isEqualTo(Signal.NONE);
        }
        assertThat(flow.queued(17)).isEqualTo(Signal.STOP);
        assertThat(flow.queued(18)).isEqualTo(Signal.NONE);
        assertThat(flow.isRequested()).isTrue();
    }

    @Test
    void continueIsSentAtTheLowerLimit() {
        FlowControl flow = synced(16, 0.5, 1);
        flow.queued(17);
        for (int length = 16; length > 8; length--) {
            assertThat(flow.taken(length)).isEqualTo(Signal.NONE);
        }
        assertThat(flow.taken(8)).isEqualTo(Signal.CONTINUE);
        assertThat(flow.taken(7)).isEqualTo(Signal.NONE);
    }

    @Test
    void nobodyStopsAGroupThatIsStopped() {
        FlowControl flow = synced(16, 1.0, 1);
        assertThat(flow.delivered(7, true)).isEqualTo(Signal.STOP);
        assertThat(flow.queued(40)).isEqualTo(Signal.NONE);
        assertThat(flow.delivered(7, false)).isEqualTo(Signal.CONTINUE);
        assertThat(flow.queued(41)).isEqualTo(Signal.STOP);
    }

    @Test
    void crossingStopsNeedTwoContinues() {
        FlowControl flow = synced(16, 1.0, 2);
        assertThat(flow.delivered(7, true)).isEqualTo(Signal.STOP);
        assertThat(flow.delivered(7, true)).isEqualTo(Signal.NONE);
        assertThat(flow.delivered(7, false)).isEqualTo(Signal.NONE);
        assertThat(flow.isActive()).isTrue();
        assertThat(flow.delivered(7, false)).isEqualTo(Signal.CONTINUE);
        assertThat(flow.isActive()).isFalse();
        assertThat(flow.stopsReceived()).isEqualTo(2);
    }

    @Test
    void messagesOfAnotherConfigurationHaveNoEffect() {
        FlowControl flow = synced(16, 1.0, 2);
        assertThat(flow.delivered(6, true)).isEqualTo(Signal.NONE);
        assertThat(flow.isActive()).isFalse();
        assertThat(flow.stopsReceived()).isZero();
    }

    @Test
    void aNewConfigurationEndsAllPauses() {
        FlowControl flow = synced(1, 1.0, 1);
        flow.queued(2);
        flow.delivered(7, true);
        flow.configurationChanged(8, 1);
        assertThat(flow.isActive()).isFalse();
        assertThat(flow.isRequested()).isFalse();
        assertThat(flow.queued(3)).isEqualTo(Signal.STOP);
    }

    @Test
    void aDonorAsksForAPauseOnlyWithSyncDonor() {
        FlowControl silent = synced(1, 1.0, 1);
        silent.role(Role.DONOR, 0);
        assertThat(silent.queued(100)).isEqualTo(Signal.NONE);
        FlowControl waiting = new FlowControl(new FlowSettings(1, 1.0, false, true, Long.MAX_VALUE, 0.25, 0.25));
        waiting.configurationChanged(7, 1);
        waiting.role(Role.DONOR, 0);
        assertThat(waiting.queued(2)).isEqualTo(Signal.STOP);
        assertThat(waiting.taken(1)).isEqualTo(Signal.CONTINUE);
    }

    @Test
    void aJoinerNeverAsksByLength() {
        FlowControl flow = synced(1, 1.0, 1);
        flow.role(Role.JOINER, 0);
        assertThat(flow.queued(1000)).isEqualTo(Signal.NONE);
    }

    @Test
    void becomingDonorEndsAnOwnPause() {
        FlowControl flow = synced(1, 1.0, 1);
        flow.queued(2);
        assertThat(flow.role(Role.DONOR, 2)).isEqualTo(Signal.CONTINUE);
    }

    @Test
    void becomingJoinedEndsAJoinersPause() {
        FlowControl flow = synced(1, 1.0, 1);
        flow.role(Role.JOINER, 0);
        assertThat(flow.stop()).isEqualTo(Signal.STOP);
        assertThat(flow.stop()).isEqualTo(Signal.NONE);
        assertThat(flow.role(Role.JOINED, 50)).isEqualTo(Signal.CONTINUE);
    }

    @Test
    void theBacklogOfATransferIsNotHeldAgainstAMember() {
        FlowControl flow = new FlowControl(limit(5, 1.0));
        flow.configurationChanged(7, 1);
        flow.role(Role.JOINER, 0);
        flow.role(Role.JOINED, 29);
        assertThat(flow.queued(34)).isEqualTo(Signal.NONE);
        assertThat(flow.queued(35)).isEqualTo(Signal.STOP);
        for (int length = 34; length >= 29; length--) {
            assertThat(flow.taken(length)).isEqualTo(Signal.NONE);
        }
        assertThat(flow.taken(28)).isEqualTo(Signal.CONTINUE);
        assertThat(flow.isSyncDue(28)).isFalse();
        assertThat(flow.isSyncDue(5)).isTrue();
    }

    @Test
    void syncIsDueOnlyWhileJoined() {
        FlowControl flow = synced(16, 1.0, 1);
        assertThat(flow.isSyncDue(0)).isFalse();
        flow.role(Role.JOINED, 0);
        assertThat(flow.isSyncDue(16)).isTrue();
        assertThat(flow.isSyncDue(17)).isFalse();
    }

    @Test
    void whatCouldNotBeSentIsTriedAgain() {
        FlowControl flow = synced(1, 1.0, 1);
        flow.queued(2);
        flow.notSent(Signal.STOP, 7);
        assertThat(flow.stopsSent()).isZero();
        assertThat(flow.queued(3)).isEqualTo(Signal.STOP);
        flow.taken(1);
        flow.notSent(Signal.CONTINUE, 7);
        assertThat(flow.taken(0)).isEqualTo(Signal.CONTINUE);
        flow.notSent(Signal.CONTINUE, 6);
        assertThat(flow.isRequested()).isFalse();
    }

    @Test
    void limitsChangeAtRunTime() {
        FlowControl flow = synced(16, 1.0, 1);
        flow.settings(limit(100, 0.5));
        assertThat(flow.upper()).isEqualTo(100);
        assertThat(flow.lower()).isEqualTo(50);
        assertThat(flow.queued(100)).isEqualTo(Signal.NONE);
        assertThat(flow.queued(101)).isEqualTo(Signal.STOP);
    }

    @Test
    void figuresBeginAnewAtAFlush() {
        FlowControl flow = synced(1, 1.0, 1);
        flow.queued(2);
        flow.delivered(7, true);
        assertThat(flow.stopsSent()).isEqualTo(1);
        flow.flush();
        assertThat(flow.stopsSent()).isZero();
        assertThat(flow.stopsReceived()).isZero();
        assertThat(flow.isActive()).isTrue();
    }

    @Test
    void badSettingsAreRefusedByName() {
        assertThatThrownBy(() -> limit(-1, 1.0))
                .hasMessageContaining("limit -1")
                .hasMessageContaining("at least 0");
        assertThatThrownBy(() -> limit(1, 1.5)).hasMessageContaining("factor 1.5");
        assertThatThrownBy(() -> new FlowSettings(1, 1, false, false, 0, 0, 0)).hasMessageContaining("hardLimit");
        assertThatThrownBy(() -> new FlowSettings(1, 1, false, false, 1, 1.0, 0))
                .hasMessageContaining("softLimit");
        assertThatThrownBy(() -> new FlowSettings(1, 1, false, false, 1, 0, 1.0))
                .hasMessageContaining("maxThrottle");
    }

    @Test
    void aHoldStopsTheGroupHoweverShortTheQueueIsAndOutlastsIt() {
        FlowControl flow = synced(16, 1.0, 1);
        assertThat(flow.hold(true, 0)).isEqualTo(Signal.STOP);
        assertThat(flow.hold(true, 0)).isEqualTo(Signal.NONE);
        assertThat(flow.queued(40)).isEqualTo(Signal.NONE);
        assertThat(flow.taken(0)).isEqualTo(Signal.NONE);
        assertThat(flow.hold(false, 0)).isEqualTo(Signal.CONTINUE);
        assertThat(flow.hold(false, 0)).isEqualTo(Signal.NONE);
    }

    @Test
    void theEndOfAHoldWaitsForALongQueue() {
        FlowControl flow = synced(16, 1.0, 1);
        flow.hold(true, 0);
        assertThat(flow.hold(false, 17)).isEqualTo(Signal.NONE);
        assertThat(flow.taken(16)).isEqualTo(Signal.CONTINUE);
    }

    @Test
    void aHoldIsAskedForAnewInEachConfigurationAndWheneverItCouldNotBeSent() {
        FlowControl flow = synced(16, 1.0, 2);
        assertThat(flow.hold(true, 0)).isEqualTo(Signal.STOP);
        flow.configurationChanged(8, 3);
        assertThat(flow.role(Role.SYNCED, 0)).isEqualTo(Signal.STOP);
        flow.notSent(Signal.STOP, 8);
        assertThat(flow.taken(3)).isEqualTo(Signal.STOP);
    }

    @Test
    void aDonorHoldsToo() {
        FlowControl flow = synced(16, 1.0, 2);
        assertThat(flow.hold(true, 0)).isEqualTo(Signal.STOP);
        assertThat(flow.role(Role.DONOR, 50)).isEqualTo(Signal.NONE);
        assertThat(flow.taken(49)).isEqualTo(Signal.NONE);
        assertThat(flow.hold(false, 49)).isEqualTo(Signal.CONTINUE);
        assertThat(flow.hold(true, 49)).isEqualTo(Signal.STOP);
    }

    @Test
    void nobodyHoldsAGroupInWhichItDoesNotCertify() {
        FlowControl flow = new FlowControl(limit(16, 1.0));
        flow.configurationChanged(7, 2);
        assertThat(flow.hold(true, 0)).isEqualTo(Signal.NONE);
        assertThat(flow.role(Role.JOINER, 0)).isEqualTo(Signal.NONE);
        assertThat(flow.role(Role.JOINED, 0)).isEqualTo(Signal.STOP);
        assertThat(flow.role(Role.SYNCED, 0)).isEqualTo(Signal.NONE);
        assertThat(flow.role(Role.OUTSIDE, 0)).isEqualTo(Signal.CONTINUE);
    }
}
