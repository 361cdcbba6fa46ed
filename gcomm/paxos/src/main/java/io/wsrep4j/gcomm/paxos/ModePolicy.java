package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.Command;
import io.wsrep4j.gcomm.paxos.message.Command.SetLanes;
import io.wsrep4j.gcomm.paxos.message.Mode;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.PaxosMember;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who should own lanes (docs/spec/paxos.md 12). */
final class ModePolicy {

    private static final int LEAST_ITEMS = 100;
    private static final long LEADER_MOVES = 60_000_000_000L;

    private final PaxosMachine machine;
    private final Map<Integer, Integer> items = new HashMap<>();
    private long periodEnds;
    private long mayMoveAt;
    private long mayReturnAt;

    ModePolicy(PaxosMachine machine) {
        this.machine = machine;
    }

    void onItem(int sender) {
        items.merge(sender, 1, Integer::sum);
    }

    /** @param leader mid of the one owner in {@link Mode#SINGLE}, and who is preferred in the others; 0 for none */
    void set(Mode mode, int leader) {
        boolean isSingle = mode == Mode.SINGLE;
        int owner = leader != 0 ? leader : machine.slots.newest().lanes().get(0);
        machine.order(List.of(new SetLanes(isSingle ? List.of(owner) : List.of(), mode, leader)));
    }

    /** Who takes over for a leader that is gone takes its lane, too (12.4). */
    void onLeaderMissing() {
        PaxosConfiguration newest = machine.slots.newest();
        PaxosMember self = newest.member(machine.mid);
        if (machine.slots.isPending(machine.executed()) || self == null) {
            return;
        }
        int preferred = newest.preferredLeader();
        PaxosMember wanted = newest.member(preferred);
        boolean isThere = wanted != null
                && wanted.mayOwnLane()
                && !machine.detector.isQuiet(
                        preferred, machine.settings.timing().leaderTimeout());
        int leader = isThere ? preferred : self.mayOwnLane() ? machine.mid : firstHeard(newest);
        if (leader != 0) {
            machine.lane.orderOnce(List.<Command>of(new SetLanes(List.of(leader), newest.mode(), preferred)));
        }
    }

    private int firstHeard(PaxosConfiguration configuration) {
        for (PaxosMember member : configuration.members()) {
            if (member.mayOwnLane()
                    && !machine.detector.isQuiet(
                            member.mid(), machine.settings.timing().leaderTimeout())) {
                return member.mid();
            }
        }
        return 0;
    }

    void tick() {
        if (machine.slots.isEmpty() || !machine.executor.isInstalled() || machine.now < periodEnds) {
            return;
        }
        periodEnds = machine.now + machine.settings.timing().autoPeriod();
        PaxosConfiguration newest = machine.slots.newest();
        if (!machine.slots.isPending(machine.executed()) && machine.rank(newest) == 0) {
            if (newest.mode() == Mode.AUTO && machine.now >= mayMoveAt) {
                auto(newest);
            }
            if (newest.mode() == Mode.SINGLE && machine.now >= mayReturnAt) {
                returnLane(newest);
            }
        }
        items.clear();
    }

    private void auto(PaxosConfiguration newest) {
        int total = items.values().stream().mapToInt(count -> count).sum();
        if (total < LEAST_ITEMS) {
            return;
        }
        SetLanes wanted = null;
        if (newest.lanes().size() > 1) {
            for (Map.Entry<Integer, Integer> one : items.entrySet()) {
                PaxosMember sender = newest.member(one.getKey());
                if (sender != null && sender.mayOwnLane() && one.getValue() * 10 >= total * 9) {
                    wanted = new SetLanes(List.of(sender.mid()), Mode.AUTO, newest.preferredLeader());
                }
            }
        } else if (items.getOrDefault(newest.lanes().get(0), 0) * 10 < total * 6) {
            wanted = new SetLanes(List.of(), Mode.AUTO, newest.preferredLeader());
        }
        if (wanted != null) {
            mayMoveAt = machine.now + 3 * machine.settings.timing().autoPeriod();
            machine.order(List.of(wanted));
        }
    }

    /** The preferred leader is back, and up with the order. */
    private void returnLane(PaxosConfiguration newest) {
        int preferred = newest.preferredLeader();
        PaxosMember member = newest.member(preferred);
        boolean isBack = member != null
                && member.mayOwnLane()
                && !newest.lanes().contains(preferred)
                && (preferred == machine.mid
                        || (!machine.detector.isQuiet(
                                        preferred, machine.settings.timing().leaderTimeout())
                                && machine.executedOf(preferred) + newest.horizon() >= machine.executed()));
        if (isBack) {
            mayReturnAt = machine.now + LEADER_MOVES;
            machine.order(List.of(new SetLanes(List.of(preferred), Mode.SINGLE, preferred)));
        }
    }
}
