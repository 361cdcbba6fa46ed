package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Alive;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.PaxosMember;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Who is heard, by this member and by the majority, and how far they are (docs/spec/paxos.md 13). */
final class Detector {

    private static final long MILLIS = 1_000_000;
    private static final int MOST_STRANGERS = 64;
    private static final int SAMPLES = 32;

    /** What is known of another member. */
    private static final class Peer {
        long heardAt;
        long executed;
        boolean isGone;
        long clock;
        long clockAt;
        boolean isSuspended;
        Set<Integer> silent = Set.of();
        long reportAt = Long.MIN_VALUE / 2;
        final long[] roundTrips = new long[SAMPLES];
        int samples;

        long percentile(int hundredths) {
            int count = Math.min(samples, SAMPLES);
            long[] sorted = Arrays.copyOf(roundTrips, count);
            Arrays.sort(sorted);
            return sorted[Math.min(count - 1, count * hundredths / 100)];
        }
    }

    private final PaxosMachine machine;
    private final Map<Integer, Peer> peers = new HashMap<>();
    /** Since when a majority reports a member silent. */
    private final Map<Integer, Long> convictedSince = new HashMap<>();

    private final Map<Integer, Uuid> strangers = new HashMap<>();
    private final Set<Integer> known = new HashSet<>();
    private long nextAlive;

    Detector(PaxosMachine machine) {
        this.machine = machine;
    }

    void clear() {
        peers.clear();
        convictedSince.clear();
        known.clear();
        strangers.clear();
    }

    private Peer peer(int mid) {
        return peers.computeIfAbsent(mid, any -> {
            Peer peer = new Peer();
            peer.heardAt = machine.now;
            return peer;
        });
    }

    void onFrame(int mid, long executed) {
        Peer peer = peer(mid);
        peer.heardAt = machine.now;
        peer.isGone = false;
        peer.executed = Math.max(peer.executed, executed);
    }

    /** A member of a configuration that is not known here yet: whom to read from, to get there. */
    void onStranger(int mid, Uuid uuid, long executed) {
        if (strangers.size() < MOST_STRANGERS) {
            strangers.put(mid, uuid);
            onFrame(mid, executed);
        }
    }

    boolean isStranger(int mid) {
        return strangers.containsKey(mid);
    }

    /** @return null if it is none */
    Uuid stranger(int mid) {
        return strangers.get(mid);
    }

    /** The process is gone for good: another one answers where it was. */
    void onGone(int mid) {
        peer(mid).isGone = true;
    }

    void forget(int mid) {
        peers.remove(mid);
        convictedSince.remove(mid);
        known.remove(mid);
    }

    long lastHeard(int mid) {
        return peer(mid).heardAt;
    }

    long executedOf(int mid) {
        return peer(mid).executed;
    }

    boolean isQuiet(int mid, long period) {
        Peer peer = peer(mid);
        return mid != machine.mid && (peer.isGone || machine.now - peer.heardAt > period);
    }

    boolean isSilent(int mid) {
        return isQuiet(mid, machine.settings.timing().suspectTimeout());
    }

    boolean wantsView(int mid) {
        return peer(mid).isSuspended && !isSilent(mid);
    }

    Set<Integer> silent() {
        Set<Integer> silent = new TreeSet<>();
        for (int mid : machine.peers()) {
            if (isSilent(mid)) {
                silent.add(mid);
            }
        }
        return silent;
    }

    /** The longest median round trip to a member that is heard; 0 without samples. */
    long roundTrip() {
        long longest = 0;
        for (int mid : machine.peers()) {
            Peer peer = peer(mid);
            if (peer.samples > 0 && !isSilent(mid)) {
                longest = Math.max(longest, peer.percentile(50));
            }
        }
        return longest;
    }

    /** How long an owner may leave the order waiting (7.2). */
    long revokeTimeout(int owner) {
        long set = machine.settings.timing().revokeTimeout();
        if (set != 0) {
            return set;
        }
        Peer peer = peer(owner);
        return peer.samples == 0
                ? 500 * MILLIS
                : Math.max(100 * MILLIS, Math.min(1000 * MILLIS, 10 * peer.percentile(95)));
    }

    /** Somebody to read from: who is further than {@code executed}, else who is heard; another one each round. 0 for nobody. */
    int aheadOf(long executed, int round) {
        List<Integer> ahead = new ArrayList<>();
        List<Integer> heard = new ArrayList<>();
        peers.forEach((mid, peer) -> {
            if (mid != machine.mid && !isSilent(mid)) {
                heard.add(mid);
                if (peer.executed > executed) {
                    ahead.add(mid);
                }
            }
        });
        List<Integer> from = ahead.isEmpty() ? heard : ahead;
        return from.isEmpty() ? 0 : from.get(round % from.size());
    }

    /** Whether voters of more than half the weight are heard. */
    boolean hearsMajority(PaxosConfiguration configuration) {
        int weight = 0;
        for (PaxosMember member : configuration.members()) {
            weight += member.mid() == machine.mid || !isSilent(member.mid()) ? member.weight() : 0;
        }
        return 2 * weight > configuration.totalWeight();
    }

    void onAlive(int from, Alive alive) {
        Peer peer = peer(from);
        peer.clock = alive.clock();
        peer.clockAt = machine.now;
        peer.silent = new HashSet<>(alive.silent());
        peer.reportAt = machine.now;
        peer.isSuspended = alive.suspended();
        if (alive.echoed() > 0 && alive.echoed() <= machine.now) {
            peer.roundTrips[peer.samples++ % SAMPLES] = machine.now - alive.echoed();
        }
    }

    long deadline() {
        return nextAlive;
    }

    void tick() {
        if (machine.slots.isEmpty() || machine.now < nextAlive) {
            return;
        }
        nextAlive = machine.now + machine.settings.timing().alivePeriod();
        List<Integer> silent = new ArrayList<>(silent());
        for (int mid : silent) {
            machine.statistics.suspicions += known.add(mid) ? 1 : 0;
        }
        known.retainAll(silent);
        for (int mid : machine.peers()) {
            Peer peer = peer(mid);
            long echo = peer.clock == 0 ? 0 : peer.clock + (machine.now - peer.clockAt);
            machine.out.send(mid, new Alive(machine.now + 1, echo, silent, machine.membership.isSuspended()));
        }
        convict();
    }

    /** Whether the voters of more than half the weight say so: one broken link is nobody's death. */
    boolean isSilentForMajority(int accused) {
        PaxosConfiguration configuration = machine.slots.newest();
        int weight = isSilent(accused) ? configuration.weight(machine.mid) : 0;
        for (PaxosMember reporter : configuration.members()) {
            Peer peer = peer(reporter.mid());
            boolean isFresh =
                    machine.now - peer.reportAt < 2 * machine.settings.timing().alivePeriod();
            if (reporter.mid() != machine.mid && isFresh && peer.silent.contains(accused)) {
                weight += reporter.weight();
            }
        }
        return 2 * weight > configuration.totalWeight();
    }

    /** A view answers all who wanted one. */
    void onView() {
        peers.values().forEach(peer -> peer.isSuspended = false);
    }

    private void convict() {
        PaxosConfiguration configuration = machine.slots.newest();
        for (PaxosMember accused : configuration.members()) {
            if (isSilentForMajority(accused.mid())) {
                convictedSince.putIfAbsent(accused.mid(), machine.now);
            } else {
                convictedSince.remove(accused.mid());
            }
        }
        convictedSince.keySet().removeIf(mid -> configuration.member(mid) == null);
    }

    /** Whom a majority has reported silent for the expel timeout, and {@code more} nanoseconds. */
    List<Integer> convicted(long more) {
        List<Integer> convicted = new ArrayList<>();
        convictedSince.forEach((mid, since) -> {
            long wait = peer(mid).isGone ? 0 : machine.settings.timing().expelTimeout();
            if (machine.now - since >= wait + more) {
                convicted.add(mid);
            }
        });
        return convicted;
    }
}
