package io.wsrep4j.gcomm.paxos;

import java.util.HashSet;
import java.util.Set;

/** Who says that this member's next slot is gone: one is not enough, all who live must (docs/spec/paxos.md 14.4). */
final class Losses {

    private final PaxosMachine machine;
    private final Set<Integer> said = new HashSet<>();
    private long at;

    Losses(PaxosMachine machine) {
        this.machine = machine;
    }

    void clear() {
        said.clear();
    }

    /** @param lowest the lowest slot that the sender still has */
    void onGone(int from, long lowest) {
        long executed = machine.executed();
        if (lowest <= executed || !machine.executor.isInstalled() || machine.learner.isDecided(executed)) {
            return;
        }
        if (at != executed) {
            said.clear();
            at = executed;
        }
        said.add(from);
        for (int mid : machine.peers()) {
            if (!said.contains(mid) && !machine.detector.isSilent(mid)) {
                return;
            }
        }
        said.clear();
        machine.membership.onLostHistory();
    }
}
