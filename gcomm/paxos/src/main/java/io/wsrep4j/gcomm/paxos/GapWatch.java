package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Read;
import io.wsrep4j.gcomm.paxos.message.SlotRange;
import java.util.HashMap;
import java.util.Map;

/** When the order stands still: first asks, then fills, the lowest rank first (docs/spec/paxos.md 7.1, 7.2, 7.5, 7.6, 12.4). */
final class GapWatch {

    private static final long MILLIS = 1_000_000;
    private static final long LONGEST_BACKOFF = 1000 * MILLIS;
    private static final int MOST_READ = 256;

    private final PaxosMachine machine;
    /** Since when owners' slots are taken over without waiting; gone as soon as the owner is heard. */
    private final Map<Integer, Long> revokedAt = new HashMap<>();

    private long gapAt;
    private long since;
    private long nextRead;
    private long nextTakeover;
    private long backoff;
    private int rounds;

    GapWatch(PaxosMachine machine) {
        this.machine = machine;
    }

    void clear() {
        revokedAt.clear();
        gapAt = 0;
    }

    /** Somebody else is at work on the slot that this member waits for. */
    void activity(long slot) {
        if (slot == machine.executed()) {
            since = machine.now;
        }
    }

    /** Others hear from an owner that this member does not: it is at work. */
    void onSignOf(int owner) {
        revokedAt.remove(owner);
    }

    /** A read was answered: the next may follow at once, if there is more. */
    void onValues(int from) {
        if (machine.slots.member(from) != null && machine.executedOf(from) > machine.executed()) {
            nextRead = Math.min(nextRead, machine.now + MILLIS);
        }
    }

    /** What only a leader could do has waited for too long. */
    boolean isLeaderless() {
        PaxosConfiguration newest = machine.slots.newest();
        if (newest.isExclusive()) {
            return false;
        }
        for (int owner : newest.lanes()) {
            if (owner == machine.mid
                    || !machine.detector.isQuiet(
                            owner, machine.settings.timing().leaderTimeout())) {
                return false;
            }
        }
        return true;
    }

    private boolean isGap() {
        return machine.executor.isInstalled() && machine.executed() <= machine.maxSlot;
    }

    private boolean isStuckWithoutLeader() {
        return machine.executor.isInstalled()
                && isLeaderless()
                && (machine.lane.hasWork() || machine.queue.hasOwnUnexecuted());
    }

    /** Nanoseconds; {@link Long#MAX_VALUE} if nothing is waited for. */
    long deadline() {
        if (machine.slots.isEmpty() || (!isGap() && !isStuckWithoutLeader())) {
            return Long.MAX_VALUE;
        }
        return Math.min(nextRead, Math.max(nextTakeover, since));
    }

    void tick() {
        if (machine.slots.isEmpty() || !machine.executor.isInstalled() || machine.isFrozen()) {
            return;
        }
        keepAhead();
        boolean isStuck = isStuckWithoutLeader();
        if (!isGap() && !isStuck) {
            gapAt = 0;
            return;
        }
        if (gapAt != machine.executed()) {
            gapAt = machine.executed();
            since = machine.now;
            nextRead = machine.now + Math.max(machine.settings.timing().readDelay(), 3 * machine.detector.roundTrip());
            nextTakeover = machine.now;
            rounds = 0;
            backoff = Math.max(100 * MILLIS, 4 * machine.detector.roundTrip());
        }
        if (machine.now >= nextRead) {
            read();
        }
        int owner = machine.slots.at(machine.executed()).owner(machine.executed());
        long due = since + wait(owner);
        if (machine.now >= due && machine.now >= nextTakeover) {
            takeOver(owner, isStuck);
        } else {
            nextTakeover = Math.max(nextTakeover, due);
        }
    }

    private long wait(int owner) {
        int rank = machine.rank(machine.slots.at(machine.executed()));
        long revoke = isGivenUp(owner) ? 0 : machine.detector.revokeTimeout(owner);
        return revoke + rank * Math.max(revoke, machine.detector.revokeTimeout(owner));
    }

    /** Silent for a majority, or taken over since it was last heard. */
    private boolean isGivenUp(int owner) {
        if (owner == machine.mid) {
            return false;
        }
        Long revoked = revokedAt.get(owner);
        if (revoked != null && machine.detector.lastHeard(owner) > revoked) {
            revokedAt.remove(owner);
            revoked = null;
        }
        return machine.detector.isSilentForMajority(owner) || revoked != null;
    }

    private void takeOver(int owner, boolean isLeaderMissing) {
        rounds++;
        backoff = Math.min(LONGEST_BACKOFF, backoff * (150 + spread()) / 100);
        nextTakeover = machine.now + backoff;
        if (isLeaderMissing) {
            machine.modes.onLeaderMissing();
        }
        if (owner != machine.mid) {
            revokedAt.putIfAbsent(owner, machine.now);
        }
        PaxosConfiguration configuration = machine.slots.at(machine.executed());
        for (int one : configuration.lanes()) {
            if (one == owner || isGivenUp(one)) {
                boolean toHorizon = isLeaderMissing || isGivenUp(one);
                long end = toHorizon ? machine.horizon() : Math.min(machine.maxSlot + 1, machine.horizon());
                machine.takeovers.start(one, machine.executed(), end);
            }
        }
    }

    /** 0 to 99, without chance: differs between members and rounds, which is all that is wanted of it. */
    private long spread() {
        long mixed = (machine.mid * 0x9E3779B97F4A7C15L + rounds) * 0xBF58476D1CE4E5B9L;
        return Math.floorMod(mixed >>> 17, 100);
    }

    /** 7.5: who is given up costs nothing, as the lowest rank keeps a range of its lane ahead. */
    private void keepAhead() {
        PaxosConfiguration configuration = machine.slots.at(machine.executed());
        if (machine.rank(configuration) != 0) {
            return;
        }
        for (int owner : configuration.lanes()) {
            if (revokedAt.containsKey(owner) && isGivenUp(owner) && machine.takeovers.of(owner) == null) {
                long half = machine.executed() + configuration.horizon() / 2;
                long next = machine.slots.nextOwned(owner, machine.executed());
                while (next < half && machine.learner.isDecided(next)) {
                    next = machine.slots.nextOwned(owner, next + 1);
                }
                if (next < half) {
                    machine.takeovers.start(owner, next, machine.horizon());
                }
            }
        }
    }

    private void read() {
        nextRead = machine.now
                + Math.max(machine.settings.timing().readDelay(), 3 * machine.detector.roundTrip())
                        * (1 + Math.min(rounds, 20));
        long last = Math.min(machine.horizon() - 1, Math.min(machine.maxSlot, machine.executed() + MOST_READ));
        int peer = machine.detector.aheadOf(machine.executed(), rounds++);
        if (peer != 0 && last >= machine.executed()) {
            machine.out.send(peer, new Read(SlotRange.of(machine.executed(), last), false, false, false));
        }
    }
}
