package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.paxos.message.Command.Add;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Hello;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Join;
import io.wsrep4j.gcomm.paxos.message.MemberSection.JoinAnswer;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Reject;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Snapshot;
import io.wsrep4j.gcomm.paxos.message.MemberSection.Welcome;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.PaxosFrame;
import io.wsrep4j.gcomm.paxos.message.PaxosMember;
import io.wsrep4j.gcomm.paxos.message.RejectCode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Joining, on both sides (docs/spec/paxos.md 15). */
final class Joins {

    private static final long RETRY = 1_000_000_000L;
    private static final int SNAPSHOTS = 8;

    private final PaxosMachine machine;
    /** Of configurations that brought somebody in, by their start: what is told to whom was brought in. */
    private final TreeMap<Long, Snapshot> snapshots = new TreeMap<>();

    // the joiner's side
    private PaxosMember self;
    private final Set<Uuid> links = new LinkedHashSet<>();
    private final Set<Uuid> connected = new LinkedHashSet<>();
    private PaxosConfiguration heard;
    private long nextAsk;
    private int asks;
    private long adoptedAt;

    Joins(PaxosMachine machine) {
        this.machine = machine;
    }

    void clear() {
        snapshots.clear();
    }

    // ---- the joiner

    void start(PaxosMember member) {
        self = member;
        links.clear();
        heard = null;
        asks = 0;
        nextAsk = machine.now;
    }

    PaxosMember self() {
        return self;
    }

    Hello hello() {
        return new Hello(self.withMid(machine.mid), machine.settings.groupName(), machine.executed());
    }

    void onWelcome(Uuid from, Welcome welcome, PaxosFrame frame) {
        if (!machine.membership.is(MembershipState.JOINING) || machine.mid != 0) {
            return;
        }
        links.add(from);
        if (heard == null
                || welcome.configuration().number() > heard.number()
                || welcome.configuration().epoch() > heard.epoch()) {
            heard = welcome.configuration();
            heard.members().forEach(member -> machine.transport.dial(member.uuid(), member.address()));
        }
        PaxosMember own = welcome.configuration().member(machine.uuid);
        if (own != null
                && own.mid() == welcome.yourMid()
                && (own.mid() > machine.lastMid || frame.groupId() != machine.lastGroup)) {
            adoptedAt = machine.now;
            machine.adopt(welcome.configuration(), own.mid(), frame.groupId());
        }
    }

    void onSnapshot(Snapshot snapshot) {
        PaxosConfiguration first = snapshot.configurations().get(0);
        if (machine.membership.is(MembershipState.JOINING)
                && machine.mid != 0
                && first.start() == machine.executed()
                && first.member(machine.mid) != null) {
            machine.install(snapshot);
        }
    }

    void onJoinAnswer(JoinAnswer answer) {
        if (machine.membership.is(MembershipState.JOINING)) {
            machine.listener.onNotice((answer.refused() ? "refused: " : "not yet: ") + answer.text());
        }
    }

    void onDisconnected(Uuid peer) {
        connected.remove(peer);
        links.remove(peer);
    }

    long deadline() {
        return machine.membership.is(MembershipState.JOINING) ? nextAsk : Long.MAX_VALUE;
    }

    void tick() {
        if (!machine.membership.is(MembershipState.JOINING) || machine.now < nextAsk) {
            return;
        }
        nextAsk = machine.now + RETRY;
        if (machine.mid != 0
                && machine.now - adoptedAt > 2 * machine.settings.timing().joinTimeout()) {
            machine.restart(machine.slots.newest());
            return;
        }
        List<Integer> mids = new ArrayList<>();
        List<Uuid> reached = new ArrayList<>();
        greet();
        PaxosConfiguration known = machine.mid != 0 ? machine.slots.newest() : heard;
        if (known == null) {
            return;
        }
        for (PaxosMember member : known.members()) {
            if (member.mid() != machine.mid && (links.contains(member.uuid()) || machine.mid != 0)) {
                mids.add(member.mid());
                reached.add(member.uuid());
            }
        }
        if (!reached.isEmpty()) {
            machine.out.tell(reached.get(asks++ % reached.size()), new Join(self.withMid(machine.mid), mids));
        }
    }

    /** Who is linked and has not answered, and who is known and has not been reached. */
    private void greet() {
        Set<Uuid> unanswered = new LinkedHashSet<>(connected);
        if (heard != null) {
            heard.members().forEach(member -> unanswered.add(member.uuid()));
        }
        unanswered.removeAll(links);
        unanswered.remove(machine.uuid);
        if (machine.mid == 0) {
            unanswered.forEach(peer -> machine.out.tell(peer, hello()));
        }
    }

    void onConnected(Uuid peer) {
        connected.add(peer);
        machine.out.tell(peer, hello());
    }

    // ---- those who are in

    void onHello(Uuid from, Hello hello) {
        if (!hello.groupName().equals(machine.settings.groupName())) {
            String text =
                    "this is group '" + cut(machine.settings.groupName()) + "', not '" + cut(hello.groupName()) + "'";
            machine.out.tell(from, new Reject(RejectCode.WRONG_GROUP, text));
            return;
        }
        if (machine.mid != 0 && machine.executor.isInstalled()) {
            PaxosConfiguration newest = machine.slots.newest();
            machine.out.tell(from, new Welcome(newest, 0));
            // a new process where a member was: that one is gone for good (13.5)
            for (PaxosMember member : newest.members()) {
                if (hello.member().mid() == 0
                        && member.address().equals(hello.member().address())
                        && !member.uuid().equals(from)) {
                    machine.detector.onGone(member.mid());
                }
            }
        }
    }

    private static String cut(String name) {
        return name.length() <= 64 ? name : name.substring(0, 64);
    }

    void onJoin(Uuid from, Join join) {
        if (machine.mid == 0
                || !machine.executor.isInstalled()
                || !join.member().uuid().equals(from)) {
            return;
        }
        PaxosConfiguration newest = machine.slots.newest();
        PaxosMember present = newest.member(from);
        if (present != null) {
            // only with the configuration that brought it in: it answers for slots from there on, and from nowhere else
            Snapshot snapshot = snapshotFor(present.mid());
            if (snapshot != null) {
                machine.out.tell(from, new Welcome(snapshot.configurations().get(0), present.mid()));
                machine.out.tell(from, snapshot);
            }
            return;
        }
        String problem = problem(newest, join);
        if (problem != null) {
            machine.out.tell(from, new JoinAnswer(false, problem));
        } else if (!machine.slots.isPending(machine.executed())) {
            machine.order(List.of(new Add(join.member().withMid(0))));
        }
    }

    /** A join never makes a group worse than it was. */
    private String problem(PaxosConfiguration newest, Join join) {
        for (PaxosMember member : newest.members()) {
            if (member.address().equals(join.member().address())) {
                return "address " + member.address() + " is member " + member.mid() + "'s, which is not removed yet";
            }
        }
        int weight = join.member().weight();
        for (PaxosMember member : newest.members()) {
            weight += member.mid() == machine.mid || join.links().contains(member.mid()) ? member.weight() : 0;
        }
        boolean isEnough = 2 * weight > newest.totalWeight() + join.member().weight();
        return isEnough ? null : "links to voters of more than half the weight are wanted";
    }

    private Snapshot snapshotFor(int mid) {
        for (Snapshot snapshot : snapshots.values()) {
            if (snapshot.configurations().get(0).member(mid) != null) {
                return snapshot;
            }
        }
        return null;
    }

    /** A command brought somebody in: told at once, so that it votes from its first slot on. */
    void onConfiguration(PaxosConfiguration next) {
        PaxosConfiguration before = machine.slots.at(next.start() - 1);
        for (PaxosMember member : next.members()) {
            if (before.member(member.mid()) == null && member.mid() != machine.mid) {
                machine.out.tell(member.uuid(), new Welcome(next, member.mid()));
                machine.transport.dial(member.uuid(), member.address());
            }
        }
    }

    /** All below a configuration is executed: who begins there can be told with what. */
    void onView(PaxosConfiguration configuration) {
        PaxosConfiguration before = machine.slots.at(configuration.start() - 1);
        List<PaxosMember> added = new ArrayList<>(configuration.members());
        if (before != null) {
            added.removeIf(member -> before.member(member.mid()) != null);
        }
        Snapshot snapshot = new Snapshot(
                List.of(configuration),
                machine.forks(),
                new TreeMap<>(machine.rules.snapshotOf(machine.executor.expected())),
                machine.reconfiguration.highestMid(),
                machine.executor.views() - 1);
        if (!added.isEmpty()) {
            snapshots.put(configuration.start(), snapshot);
            if (snapshots.size() > SNAPSHOTS) {
                snapshots.pollFirstEntry();
            }
        }
        boolean isFirst = before != null && machine.rank(before) == 0;
        for (PaxosMember member : added) {
            if (isFirst && member.mid() != machine.mid) {
                machine.out.tell(member.uuid(), snapshot);
            }
        }
    }
}
