package io.wsrep4j.gcomm.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.EvsSettings;
import io.wsrep4j.gcomm.evs.EvsStart;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Who has to propose the next view, and does not, is given up (docs/spec/gcomm-evs.md 26, 9). */
class SilentRepresentativeTest {

    private static final int NODES = 4;
    private static final int REPRESENTATIVE = 1;
    private static final int INSTALL = 5;

    /** Suspicion, the install timer of the others and its postponements, and a view; the representative itself gives nobody up so soon. */
    private static final long ENOUGH = 18 * SimulatedTime.SECOND;

    private final SimulatedCluster cluster = new SimulatedCluster(1);

    private void form() {
        for (int i = 1; i <= NODES; i++) {
            Uuid id = new Uuid((long) i << 32 | 0x1000L, 0x8000_0000_0000_0000L | i);
            Map<String, String> patience = i == REPRESENTATIVE ? Map.of("evs.install_timeout", "PT15S") : Map.of();
            SimulatedNode node = cluster.add(i, new EvsStart(id, null), EvsSettings.read(patience));
            if (i == 1) {
                node.bootstrap();
            } else {
                node.join();
            }
            assertThat(cluster.settle(ENOUGH)).isTrue();
        }
    }

    @Test
    void whoNeverProposesTheNextViewIsGivenUpAndTheOthersGoOn() {
        form();
        cluster.network().filter((from, to, source, message) -> from == REPRESENTATIVE && type(message) == INSTALL);
        cluster.node(NODES).crash();
        long end = cluster.time().now() + ENOUGH;
        while (!areAlone() && cluster.time().now() < end) {
            cluster.run(SimulatedTime.SECOND / 100);
        }
        // it may ask to be let in again at once
        assertThat(areAlone()).isTrue();
    }

    private boolean areAlone() {
        TreeSet<Uuid> rest =
                new TreeSet<>(List.of(cluster.node(2).uuid(), cluster.node(3).uuid()));
        return cluster.node(2).core().currentView().members().equals(rest)
                && cluster.node(3).core().currentView().members().equals(rest);
    }

    private static int type(byte[] message) {
        return message[0] >>> 2 & 7;
    }
}
